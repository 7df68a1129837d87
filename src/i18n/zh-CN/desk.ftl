# 待办页：现在需要您做什么。
desk-title = 今日待办
desk-today = 今日概况
desk-submit = 提交需求
desk-now = 现在需要您
desk-tasks-all = { $n } 件，最急的在上面
desk-tasks-first = 先看最急的 { $shown } 件，共 { $all } 件
desk-nothing = 现在没有要您处理的事
desk-nothing-text = 派出的单在等专家答复；有逾期、提问、退信或需要回访的，会出现在这里。
desk-nothing-admin = 系统有需要您处理的情况时，会出现在这里。
desk-to-needs = 查看需求
desk-all-needs = 全部需求
desk-left = 剩 { $left }
desk-soon = 近日
desk-the-expert = 专家
desk-yesterday = 昨 { $time }
desk-round = 第 { $n } 次派单
desk-unit = { $n ->
   *[other] 件
}
desk-unit-letters = { $n ->
   *[other] 封
}

desk-stat-unanswered = 无人接单，等人选派
desk-stat-unanswered-note = 候补已用完
desk-stat-today = 今天到期
desk-stat-open = 还没有派单
desk-stat-cases = 待决定的案件
desk-stat-cases-note = 须由第二人决定
desk-unit-cases = { $n ->
   *[other] 件
}
desk-stat-bare = 无人在岗的工作站
desk-stat-bare-note = 通知会转给站长和管理机构
desk-unit-bare = { $n ->
   *[other] 个
}
desk-stat-review = 待审核的专家
desk-stat-review-note = 已申请或审核中
desk-unit-review = { $n ->
   *[other] 位
}
desk-stat-waiting-note = 正等专家答复的共 { $n } 件
desk-stat-open-note = 请为它们选专家
desk-stat-feedback = 等待反馈或评价
desk-stat-feedback-note = 反馈逾期 { $n } 件
desk-stat-mail = 退信和未发出
desk-stat-mail-note = 近 7 天，不计未响应
desk-stat-accounts = 可登录的账号
desk-stat-accounts-note = 共 { $n } 个账号
desk-stat-index = 可检索的需求
desk-stat-index-note = 检索索引中的件数

desk-why-unanswered = 先后派单 { $n } 次，都没有人接单，候补已用完。请重新选人，或说明原因办结。
desk-why-undelivered = 发给{ $expert }的派单信没有送达，不计未响应。请核对联系方式，或打电话告知后登记。
desk-why-reply-question = { $expert }有提问，答复时限已停表。请在 { $due } 前回复。
desk-why-question-overdue = { $expert }的提问还没有人回复。到 { $due } 仍不回复，时限将自行恢复计算。
desk-why-conflict-found = 补充了对方名称后，已接受的{ $expert }可能与一方有利害关系。请核实，必要时改请他人。
desk-why-add-contact = 企业没有留邮箱和电话。请补充，否则回执和评价只能当面交付。
desk-why-call-back = 企业一直没有评价。电话回访并登记后，就可以办结。
desk-why-close-need = 反馈和评价都已收到。填写内部评价后办结。
desk-why-feedback-overdue = { $expert }的书面反馈已逾期。请提醒；专家口述的，可以代录。
desk-why-conduct-report = 企业在评价中反映了{ $expert }的行为问题。请先核实，再决定是否立案。
desk-why-admonition-proposed = { $expert }在 12 个月内逾期未答复 { $n } 次，已达到建议劝导的条件。
desk-why-removal-proposed = { $expert }已达到建议除名的条件，请查看依据。
desk-why-decide-case = { $expert }的案件等另一位管理人员决定，请审阅依据和陈述。
desk-why-not-my-answer = { $expert }说登记的答复不是本人意思。请核实并更正。
desk-why-mail-alarm = 有信发不出去。请检查邮件服务器的设置；未发出的信会等待，时限没有开始计算。
desk-why-out-of-office = { $expert }的邮箱自动回复，外出日期：{ $n }。自动回复不算答复，请打电话核实。
desk-why-mail-reply = 有人回信：“{ $n }”。回信不算答复，请打电话核实后登记。
desk-why-mail-complaint = 我们的信被收信人标为垃圾邮件。请打电话问明原因。
desk-why-mail-unmatched = 收到一封对不上号的来信：“{ $n }”。请到收信邮箱里查看。
desk-why-nobody-qualifies = 没有找到合格的专家。请放宽条件、人工选择，或说明原因办结。
desk-why-clock = { $expert }还没有答复，{ $due } 到期。可以打电话提醒；口头答复的，请代为登记。

desk-act-unanswered = 重新选专家
desk-act-undelivered = 处理退信
desk-act-reply-question = 回复提问
desk-act-question-overdue = 回复提问
desk-act-conflict-found = 去核实
desk-act-add-contact = 补充联系方式
desk-act-call-back = 登记回访
desk-act-close-need = 去办结
desk-act-feedback-overdue = 登记反馈
desk-act-conduct-report = 去核实
desk-act-admonition-proposed = 查看并决定
desk-act-removal-proposed = 查看并决定
desk-act-decide-case = 去决定
desk-act-not-my-answer = 核实答复
desk-act-mail-alarm = 查看
desk-act-out-of-office = 登记答复
desk-act-mail-reply = 登记答复
desk-act-mail-complaint = 查看
desk-act-mail-unmatched = 查看
desk-act-nobody-qualifies = 选专家
desk-act-clock = 登记代答

desk-risk = 时限近的派单
desk-risk-caption = 等待答复的派单，时限由近到远
desk-no-clock = 没有在等答复的派单
desk-no-clock-text = 派单后，时限近的会排在这里。
desk-cases = 待决定的案件
desk-all-cases = 全部案件
desk-no-case = 没有待决定的案件。
desk-case-own = { $since }由您立案，须由另一位管理人员决定。
desk-case-decide = { $since }立案，等您或另一位管理人员决定。
desk-bare = 没有在岗联络员的工作站
desk-bare-text = 这些站的通知会转给站长和管理机构。请指定联络员，或交接在办需求。
desk-mail = 邮件情况
desk-mail-well = 收发正常
desk-mail-lost = 有退信或未发出
desk-mail-still = 已停滞 { $waited }
desk-mail-queued = 等待发出（含夜间等待的）
desk-mail-sending = 正在发出
desk-mail-bounced = 近 7 天退回
desk-mail-failed = 近 7 天放弃发送
desk-news = 刚刚发生
desk-no-news = 近三天没有动静。
desk-in-hand = 进行中的需求
desk-in-hand-caption = 进行中的需求，时限近的在前
desk-none-in-hand = 没有进行中的需求
desk-none-in-hand-text = 替来访或来电的企业登记一件需求，就从这里开始。
desk-read = 查阅
desk-read-text = 审计账号可以查阅全部记录，不能改动。
desk-col-need = 需求
desk-col-services = 服务事项
desk-col-state = 状态
desk-col-station = 工作站
desk-col-expert = 专家
desk-col-clock = 时限

desk-hint-calendar = 还没有 { $year } 年的放假安排，涉及该年的答复时限按周末和固定假日暂算。国务院办公厅公布后请导入。
desk-hint-mail-off = 没有配置邮件服务器：信不会发出，时限不会开始计算，须由工作人员转交链接。
desk-hint-mail-still = 有信超过 15 分钟没有发出，请检查邮件服务器和网络。
desk-hint-plain-http = 网站没有使用 HTTPS，密码和专属链接可能被截取。
desk-hint-second-factor = 没有要求管理人员、运维和审计使用动态验证码，建议在配置中打开。
desk-why-nobody-asked = 受理已满一个工作日，还没有请任何专家。请选专家派单，或说明原因办结。
desk-why-approve-calendar = 有一份放假安排等第二人批准，批准后才计入时限。
desk-why-clock-back = 服务器时钟倒退，逾期、顺延和催办已暂停。请校准后确认。
desk-act-nobody-asked = 选专家
desk-act-approve-calendar = 去审阅
desk-act-clock-back = 去确认
desk-hint-clock-back = 服务器时钟落后于已记录的时间，逾期、顺延和催办已暂停，受理照常。请校准时钟，再到“放假安排与服务中断”确认。
