# 专属链接背后的页面：专家的派单、「非本人操作」、企业的办理进度与评价。
link-station = 有事请致电{ $station }，
link-supervision = 监督电话：
link-only-you = 这个链接只给您本人。打开此页不算答复，按下按钮才算。
link-matter = 这件事
link-contacts-later = 企业的联系方式和材料，在您接单后给您。

# 派单
link-offer-title = 请您答复：{ $title }
link-offer-lede = { $enterprise }有一件事，想请您帮忙。
link-offer-late = 答复时限已经过了，但还没有别的专家接单。您愿意的话，现在接单仍然有效。
link-accept = 接单
link-decline = 这次不行
link-decline-reason = 原因
link-decline-conflict-note = 不必说明是哪一家
link-busy-until = 忙到哪一天
link-busy-until-hint = 到这一天为止（含当天）不再给您派单。
link-decline-note = 想告诉工作站的话
link-decline-do = 婉拒这一件
link-decline-lawful = 婉拒也是及时答复，不影响对您的评价。
link-ask = 先问一句
link-ask-once = 可问一次
link-ask-what = 想问什么
link-ask-hint = 提问后时限停表；工作站回复之后，至少再给您一整日。
link-ask-do = 发出问题

# 答复时钟
link-clock-answer = 请您答复
link-clock-by = 请在 { $due } 前答复
link-clock-today = 请在今天 { $time } 前答复
link-clock-left = 还剩
link-clock-due = 截止
link-clock-late = 答复时限已过
link-clock-late-still-free = 仍可接单
link-clock-stopped = 时限已停表
link-clock-stopped-until = 最迟停到 { $until }
link-clock-stopped-then = 工作站回复后，或到上述时间后，时限恢复计算，并至少再给您一整日。
link-clock-not-begun = 时限还没有开始
link-clock-from-notice = 时限自邮件服务器收下派单信之时起算；由工作站电话或微信告知的，自登记的告知时间起算。
link-clock-if-now = 如果此刻告知，应在 { $due } 前答复。
link-clock-day = 第 { $n } 日
link-clock-notice-day = 收到，不计
link-clock-not-counted = 不计
link-unit-day = 天
link-unit-hour = 小时
link-unit-minute = 分

# 提问
link-question-title = 您的提问
link-question-reply = 工作站的回复
link-question-replied = 已于 { $at } 回复，时限恢复计算。
link-question-waits = 等待工作站回复，时限停表，最迟到 { $until }。
link-question-runs-again = 工作站还没有回复，时限已恢复计算。如仍需了解情况，请致电工作站。

# 已接单
link-theirs-title = 已接单：{ $title }
link-theirs-lede = 谢谢您接单。请尽快与企业联系，约定时间和方式。
link-files = 企业提供的材料
link-file-size = { $size }
link-feedback-title = 服务之后
link-feedback-due = 请提交书面反馈，截止
link-feedback-write = 填写书面反馈
link-feedback-done = 做了什么
link-feedback-done-hint = 写几句即可。填写中会随时保存。
link-feedback-served-on = 服务日期
link-feedback-hours = 用时（小时）
link-feedback-hours-hint = 0.25 至 200，例如 3.5
link-feedback-outcome = 结果
link-feedback-follow-up = 建议后续
link-feedback-follow-up-hint = 需要企业或工作站接着做的事。
link-feedback-declared = 声明
link-feedback-filed = 提交时间
link-feedback-do = 提交反馈
link-feedback-keep = 先保存，以后再交
link-declare = 我声明
link-declare-hint = 三项都属实才能提交；如有出入，请致电工作站说明。
link-declare-no-gift = 未收受礼金、礼品
link-declare-no-promotion = 未推介有偿服务
link-declare-no-touting = 未为所在单位招揽业务
link-draft-saved = 已保存
link-draft-failed = 没有存上，请按“先保存”再试
link-draft-at = 已保存于 { $at }
link-release = 我无法继续
link-release-text = 不必为难：工作站会另请专家，不计入您的逾期。请尽量告诉我们原因，便于安排。
link-release-reason = 原因
link-release-do = 请另请专家
link-release-sure = 这件事将不再由您承接，企业的联系方式和材料也将不再显示。确定吗？
link-hours = { $hours } 小时
link-done-title = 谢谢您
link-done-lede = { $name }老师，您的书面反馈已收到，本次服务记 { $hours } 小时。
link-done-filed = 您提交的反馈
link-done-wrong = 如有要更正之处，请致电工作站。

# 结束了的派单
link-closed-kept = 下面是您刚才写的，没有登记，请另行告诉工作站：
link-closed-seat-taken = 已有专家接单
link-closed-seat-taken-text = 这件事已有别的专家接单，您不必再答复。谢谢您愿意帮忙，下次再请您。
link-closed-declined = 已记下：这次不行
link-closed-declined-text = 您已婉拒这一件。婉拒也是及时答复，不影响对您的评价。谢谢您的回复。
link-closed-released = 这件事不再由您承接
link-closed-released-text = 承接已经解除，工作站会另行安排，您不必再做什么。请继续对企业的情况保密。谢谢您付出的时间。
link-closed-undelivered = 这次派单已停
link-closed-undelivered-text = 派单信当时没有送达，时限没有计算，也不记逾期。工作站会与您核对联系方式；您也可以主动致电。
link-closed-retracted = 企业已撤回需求
link-closed-retracted-text = 企业撤回了这件需求，您不必再做什么。谢谢您。
link-closed-ended = 这件事已结束办理
link-closed-ended-text = 这件需求已经结束办理，您不必再做什么。谢谢您。
link-closed-called-back = 工作站已收回派单
link-closed-called-back-text = 工作站收回了这次派单，您不必再答复。如有疑问，请致电工作站。

# 非本人操作
link-contest-title = 这个答复是您的意思吗？
link-contest-text = 工作站按来电或留言替您登记了下面的答复。如果不是您的意思，请按下按钮，管理人员会与您核实并更正。
link-contest-entered-text = 工作站于 { $at } 按您的来电或留言（{ $by }）代您登记了答复：{ $answer }。
link-contest-entered = 登记的内容
link-contest-by = 登记方式
link-contest-at = 登记时间
link-contest-do = 非本人操作
link-contest-then = 如果属实，不必做什么，关闭本页即可。
link-contest-said = 已告知管理人员
link-contest-said-text = 您于 { $at } 表示这个答复不是您的意思。管理人员会与您联系核实并更正，您不必再做什么。
link-contest-nothing = 没有代您登记的答复
link-contest-nothing-text = 目前没有任何人替您登记答复。如需答复，请打开派单信中的专属链接。

# 办理进度
link-status-title = 办理进度 { $number }
link-status-open = 您的需求已受理，工作站正在为您挑选合适的专家。
link-status-offering = 正在请一位专家答复。
link-status-answer-by = 这位专家应在 { $due } 前答复；如不能承接，会接着请下一位。
link-status-unanswered = 请过的专家这次都不能承接，工作站正在为您另想办法，有进展会告诉您。您也可以致电询问。
link-status-accepted = 已为您请到专家。专家会与您联系约定时间，您也可以主动联系。
link-status-wanted-by = 您希望在 { $day }前完成。
link-status-served = 专家已提交服务反馈。请您评价，评价之后就可以办结。
link-status-closed = 您的需求已办结。如有新的需要，欢迎再联系工作站。
link-status-closed-as = 办结方式：{ $reason }。
link-status-retracted = 您的需求已撤回，不再办理。如有新的需要，欢迎再联系工作站。
link-status-way = 办到哪一步
link-status-need = 您的需求
link-status-rate = 评价本次服务
link-status-rate-early = 服务已完成？现在评价
link-status-rated = 已评价
link-step-received = 已受理
link-step-looking = 请专家
link-step-confirmed = 专家接单
link-step-served = 已服务
link-step-closed = 办结
link-step-retracted = 已撤回
link-retract = 撤回需求
link-retract-text = 撤回后不再为您联系专家，已接单的专家也会收到告知。
link-retract-reason = 原因
link-retract-do = 撤回这件需求
link-retract-sure = 撤回后不能恢复，需要时要重新提交。确定撤回吗？

# 评价
link-rate-title = 请评价本次服务
link-rate-title-text = { $expert }专家为您提供了服务，请您说说是否满意。约需一分钟，无需登录。
link-rate-thanks = 谢谢您的评价
link-rate-thanks-text = 您对{ $expert }专家的评价已记录如下。如有补充，请致电工作站。
link-rate-not = 暂时不能评价
link-rate-not-text = 目前没有可以评价的服务。如有意见，请致电工作站或监督电话。
link-rate-which = 哪次服务
link-rate-yours = 您的评价
link-rate-score = 总的来说，您满意吗？
link-score-1 = 很不满意
link-score-2 = 不满意
link-score-3 = 一般
link-score-4 = 满意
link-score-5 = 很满意
link-rate-of-five = 5 分中的 { $n } 分
link-rate-remark = 想说的话
link-rate-remark-hint = 哪里好，哪里可以改进。
link-rate-conduct = 专家有没有下列情况？
link-rate-conduct-hint = 没有就不必勾选。勾选的内容直接转给管理机构，不经工作站。
link-rate-reported = 您反映的情况
link-rate-at = 评价时间
link-rate-do = 提交评价

# 只说一次的话
flash-link-again = 此前已经记录，没有重复登记。现在的情况如下。
flash-link-draft = 已保存，可以以后再交。

# 为什么是我
link-why-title = 为什么请您
link-why-open = 为什么请我？
link-why-lede = 这是派单时的排序依据，只列出您本人的部分。
link-why-score = 您的得分
link-why-fairness = 近期被请得少的专家略微靠前，大家轮得均匀
link-why-text = 需求原文对您保密，接受后可见
link-why-sealed = 随派单封存
link-why-none = 这次派单没有保存排序依据。
link-why-back = 返回
link-why-note = 依据随派单封存，此后权重调整不影响这次结果。
