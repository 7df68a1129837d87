# 计算规则：名称与一句话说明
rule-civil-code = 民法典计日
rule-civil-code-text = 通知当日不计，自次日起算两日；最后一日遇休息日的，顺延至下一个工作日，当日 24:00 截止。
rule-calendar-days = 自然日
rule-calendar-days-text = 通知当日不计，自次日起算两日，遇休息日不顺延，第二日 24:00 截止。
rule-working-days = 工作日
rule-working-days-text = 通知当日不计，自次日起算两个工作日，周末和节假日不计，调休上班日计入，第二个工作日 24:00 截止。
rule-hours-48 = 48 小时
rule-hours-48-text = 自通知之时起连续计算 48 小时，不分昼夜和休息日。

# 逐日说明
why-notice-day = 通知当日，不计入（《民法典》第二百零一条）
why-counted = 第 { $n } 日
why-counted-weekend = 第 { $n } 日（期间内的周末照常计入）
why-counted-holiday = 第 { $n } 日（{ $occasion }假期，期间内照常计入）
why-counted-make-up = 第 { $n } 日（{ $occasion }调休上班日，按工作日计）
why-last-day-weekend = 最后一日遇周末，顺延（《民法典》第二百零三条）
why-last-day-holiday = 最后一日遇{ $occasion }假期，顺延（《民法典》第二百零三条）
why-moved-here = 第 { $n } 日：休息日结束后的第一个工作日，为最后一日
why-moved-here-make-up = 第 { $n } 日：休息日结束后的第一个工作日（{ $occasion }调休上班），为最后一日
why-weekend-not-counted = 周末，不计入
why-holiday-not-counted = { $occasion }假期，不计入
why-unknown-year-working-day = 第 { $n } 日（{ $year } 年放假安排尚未公布，暂按工作日计，只会延后）
why-unknown-year-weekend = 周末，暂按休息日处理（{ $year } 年放假安排尚未公布）
why-hours-run = { $from } 至 { $until } 计时
why-floor-extension = 每日 08:00 至 22:00 的可用时间不足 { $hours } 小时，延至 { $until }

# 节日
occasion-new-year = 元旦
occasion-spring-festival = 春节
occasion-qingming = 清明节
occasion-labour-day = 劳动节
occasion-dragon-boat = 端午节
occasion-mid-autumn = 中秋节
occasion-national-day = 国庆节

# 放假安排文件的问题
calendar-problem-header = 首行应为 date,kind,occasion
calendar-problem-columns = 至少应有三列：date,kind,occasion
calendar-problem-date = 日期应写作 2026-02-14
calendar-problem-kind = kind 应为 holiday（放假）或 workday（调休上班）
calendar-problem-occasion = 未写明节日名称
calendar-problem-duplicate = 该日期已出现过
calendar-problem-make-up-on-weekday = 调休上班日应为周六或周日，请核对日期和年份
why-clock-stopped = 提问停表，不计入
why-moved-by-question = 回复提问（或停表期满）的次日，为最后一日
why-moved-by-outage = { $on } 答复页面中断 { $minutes } 分钟，顺延至本日 24:00
