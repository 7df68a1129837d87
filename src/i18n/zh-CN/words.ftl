# 各种状态、原因和种类的名称：前缀是词的种类，其后是 domain 里的稳定文本。

# 服务方式
mode-online = 线上
mode-station = 到站
mode-onsite = 上门
mode-phone = 电话
mode-training = 培训

# 服务形式
form-consultation = 咨询
form-one-on-one = 一对一指导
form-training = 培训
form-duty = 轮值坐班
form-event = 进企业、进园区活动

urgency-normal = 一般
urgency-urgent = 紧急

# 需求状态
need-state-open = 待派单
need-state-offering = 派单中
need-state-unanswered = 无人接单
need-state-accepted = 已接单
need-state-served = 已服务
need-state-closed = 已办结
need-state-retracted = 已撤回

# 派单状态
assignment-state-offered = 待答复
assignment-state-accepted = 已接单
assignment-state-declined = 已婉拒
assignment-state-lapsed = 逾期未答复
assignment-state-undelivered = 未送达
assignment-state-void = 已作废
assignment-state-released = 已释放
assignment-state-done = 已完成

# 席位状态
seat-state-free = 空缺
seat-state-offered = 待答复
seat-state-taken = 已有人
seat-state-done = 已完成

# 候补状态
reserve-state-waiting = 候补中
reserve-state-asked = 已询问
reserve-state-skipped = 已跳过

# 婉拒原因
decline-reason-time = 时间不合适
decline-reason-specialty = 专业不符
decline-reason-conflict = 存在利益冲突
decline-reason-travel = 出差在外
decline-reason-load = 近期任务已多
decline-reason-other = 其他

# 答复
answer-accept = 接单
answer-decline = 婉拒
answer-question = 提问

answered-by-link = 专属链接
answered-by-phone = 电话
answered-by-wechat = 微信
answered-by-counter = 当面

notified-by-smtp = 邮件
notified-by-phone = 电话
notified-by-wechat = 微信

released-by-expert = 专家
released-by-station = 工作站
released-by-enterprise = 企业

# 派单作废的原因
void-reason-seat-taken = 已有其他专家接单
void-reason-retracted = 需求已撤回
void-reason-closed = 需求已办结
void-reason-not-eligible = 专家暂不能接单
void-reason-called-back = 工作站收回派单

# 书面反馈：服务结果
outcome-solved = 已解决
outcome-partly = 部分解决
outcome-referred = 已转介
outcome-follow-up = 需继续跟进

# 派单结果（统计口径）
offer-outcome-on_time = 按时答复
offer-outcome-late = 逾期后答复
offer-outcome-lapsed = 逾期未答复
offer-outcome-undelivered = 未送达
offer-outcome-void = 答复前作废

# 企业评价时反映的情况
conduct-report-gift = 收受礼金
conduct-report-promotion = 推介有偿服务
conduct-report-touting = 为所在单位招揽业务
conduct-report-confidence = 泄露商业秘密
conduct-report-no-show = 约好的时间没有到场
conduct-report-complaint = 其他投诉（请在上面写明）

rating-channel-link = 链接评价
rating-channel-phone = 电话回访

filed-by-link = 专家本人
filed-by-staff = 工作人员代录

# 事件
incident-lapse = 逾期未答复
incident-no-show = 未到场
incident-feedback-overdue = 反馈逾期
incident-gift = 收受礼金
incident-promotion = 推介有偿服务
incident-touting = 招揽业务
incident-confidence = 泄露商业秘密
incident-complaint = 投诉

# 劝导、除名
case-kind-admonition = 劝导
case-kind-removal = 除名
case-state-open = 待决定
case-state-decided = 已决定
decision-admonish = 改正留任
decision-keep = 不予除名
decision-advise-withdrawal = 劝导退出
decision-remove = 除名
decision-dismiss = 不成立

# 办结原因
close-reason-served = 服务完成
close-reason-answered-at-once = 当场答复
close-reason-passed-on = 转办
close-reason-duplicate = 重复
close-reason-withdrawn-by-enterprise = 企业撤回
close-reason-out-of-scope = 不属服务范围
close-reason-nobody-accepted = 无人接单

# 待办：名称与下一步
task-unanswered = 无人可派
task-unanswered-next = 候补已问完。请另选专家派单，或说明原因办结。
task-undelivered = 派单信退回
task-undelivered-next = 请核对专家的联系方式；必要时打电话告知，并登记告知时间。
task-reply-question = 专家有提问
task-reply-question-next = 请在下一个工作日结束前回复；逾期将转给站长和管理机构。
task-question-overdue = 提问逾期未回复
task-question-overdue-next = 请尽快回复专家；再不回复，答复时限将自行恢复计算。
task-add-contact = 补充联系方式
task-add-contact-next = 企业没有留邮箱和电话。请补充，否则受理回执和评价链接只能当面交付。
task-call-back = 电话回访
task-call-back-next = 评价链接已过期。请打电话回访，并登记为电话回访。
task-close-need = 评价后办结
task-close-need-next = 反馈和评价都已收到。请填写内部评价并办结。
task-feedback-overdue = 反馈逾期
task-feedback-overdue-next = 请提醒专家提交书面反馈；专家口述的，可以代录。
task-conduct-report = 评价反映行为问题
task-conduct-report-next = 请核实企业反映的情况，再决定是否立案。
task-admonition-proposed = 建议劝导
task-admonition-proposed-next = 已达到劝导的条件。请查看依据，由您决定是否立案。
task-removal-proposed = 建议除名
task-removal-proposed-next = 已达到除名的条件。请查看依据，由您决定是否立案。
task-decide-case = 待第二人决定
task-decide-case-next = 请另一位管理人员审阅依据和专家陈述后作出决定。
task-not-my-answer = 专家称非本人答复
task-not-my-answer-next = 请联系专家核实，按本人意思更正登记。
task-mail-alarm = 邮件发不出去
task-mail-alarm-next = 请检查邮件服务器的设置；未发出的信会等待，时限没有开始计算。
task-out-of-office = 对方邮箱自动回复
task-out-of-office-next = 请打电话核实，必要时登记请假或改派。自动回复不算答复。
task-mail-reply = 有人回信
task-mail-reply-next = 请打电话核实；本人要接单或谢绝的，请在派单上登记。回信不算答复。
task-mail-complaint = 信被标为垃圾邮件
task-mail-complaint-next = 请打电话问明原因，并核对联系方式。
task-mail-unmatched = 来信对不上号
task-mail-unmatched-next = 请到收信邮箱里查看这封信。
task-nobody-qualifies = 没有合格专家
task-nobody-qualifies-next = 自动派单没有找到合格的专家。请放宽条件、人工选择，或说明原因办结。

# 角色
role-liaison = 联络员
role-manager = 管理人员
role-admin = 运维
role-auditor = 审计

# 在册状态
standing-applied = 已申请
standing-reviewing = 审核中
standing-active = 在册
standing-paused = 暂停
standing-suspended = 停派
standing-withdrawn = 已退出
standing-removed = 已除名

# 单位性质
firm-type-agency = 专利、商标代理机构
firm-type-law-firm = 律师事务所
firm-type-enterprise = 企业
firm-type-institute = 高校、科研院所
firm-type-authority = 行政、司法机关
firm-type-other = 其他

# 语言
language-zh = 中文
language-en = 英语
language-ja = 日语
language-ko = 韩语
language-de = 德语
language-fr = 法语
language-ru = 俄语

# 留痕：发生了什么
event-need-submitted = 需求已提交
event-need-corrected = 需求内容或联系方式已更正
event-need-retracted = 需求已撤回
event-need-closed = 需求已办结
event-need-handed-over = 需求已交接给另一位负责人
event-attachment-added = 添加了附件
event-reserves-set = 排定了候补专家
event-reserve-skipped = 跳过了一位候补专家
event-expert-assigned = 向专家派单
event-notice-recorded = 通知已送交，答复时限开始计算
event-notice-bounced = 派单信退回，时限不计
event-reminder-sent = 发出催办提醒
event-offer-accepted = 专家接单
event-offer-declined = 专家婉拒
event-answer-contested = 专家称代录的答复非本人所作
event-question-asked = 专家提问，时限暂停
event-question-replied = 已回复提问，时限继续
event-clock-restarted = 两个工作日未回复提问，时限自行继续
event-due-moved = 答复时限延后
event-offer-lapsed = 逾期未答复
event-offer-voided = 派单作废
event-assignment-released = 已接的单被释放
event-breach-withdrawn = 逾期记录撤销
event-chain-exhausted = 候补专家已问完
event-feedback-filed = 专家提交书面反馈
event-service-rated = 企业评价了服务
event-expert-registered = 专家入库
event-expert-changed = 专家资料变更
event-expert-reviewed = 专家审核有结论
event-relation-declared = 登记了利害关系申报
event-relation-ended = 利害关系申报已终止
event-conflict-waived = 管理人员准许了回避例外
event-conflict-checked = 查询了利益冲突
event-ranking-set = 排序权重变更
event-leave-entered = 登记了请假
event-expert-withdrew = 专家退出
event-case-opened = 立案
event-case-decided = 案件作出决定
event-expert-suspended = 专家停派
event-incident-recorded = 记录了一起事件
event-contact-revealed = 查看了完整联系方式
event-station-kept = 工作站资料变更
event-account-kept = 账号变更
event-signed-in = 登录
event-sign-in-failed = 登录失败
event-signed-out = 退出登录
event-token-kept = 接口令牌变更
event-policy-set = 规则设置变更
event-sheet-imported = 导入表格
event-sheet-exported = 导出表格
event-calendar-imported = 导入放假安排
event-task-done = 完成一项待办
event-task-escalated = 待办逐级提醒
event-letter-held = 信件顺延到次日早晨
event-letter-passed-on = 信件内容已由工作人员转告
event-mail-stopped = 邮件停发
event-mail-resumed = 邮件恢复发送
event-mail-tried-again = 邮件立即重试

# 信件的种类
notice-offer = 派单信
notice-reminder = 催办提醒
notice-offer-lapsed = 逾期告知
notice-seat-taken = 已有人接单告知
notice-offer-withdrawn = 派单撤回告知
notice-confirmed = 接单确认
notice-question-replied = 提问回复
notice-answer-entered = 代录答复确认
notice-expert-released = 释放告知
notice-feedback-reminder = 反馈提醒
notice-case-opened = 立案通知
notice-case-decided = 案件决定
notice-breach-withdrawn = 逾期记录撤销告知
notice-receipt = 受理回执
notice-expert-confirmed = 专家确认
notice-searching-again = 另请专家告知
notice-rate-service = 评价邀请
notice-rate-reminder = 评价提醒
notice-need-closed = 办结告知
notice-staff-accepted = 接单提示
notice-staff-declined = 婉拒提示
notice-staff-lapsed = 逾期提示
notice-staff-question = 提问提示
notice-staff-question-overdue = 提问逾期提示
notice-staff-unanswered = 无人可派提示
notice-staff-undelivered = 退信提示
notice-staff-released = 释放提示
notice-staff-feedback = 反馈提示
notice-staff-conduct = 行为问题提示
notice-staff-case = 案件待决提示
notice-staff-not-mine = 非本人答复提示
notice-staff-escalated = 待办逐级提醒
notice-staff-digest = 工作人员汇总信
notice-digest = 专家汇总信
notice-password-reset = 重设密码
task-nobody-asked = 尚未派单
task-nobody-asked-next = 受理已满一个工作日，还没有请任何专家。请选专家派单，或说明原因办结。
task-approve-calendar = 放假安排待审
task-approve-calendar-next = 请核对文号和日期；由导入人以外的管理人员批准后才生效。
task-clock-back = 服务器时钟倒退
task-clock-back-next = 逾期、顺延和催办已暂停，受理照常。请校准时钟，确认无误后恢复。
event-calendar-proposed = 导入放假安排，待第二人批准
event-calendar-refused = 放假安排未获批准
event-outage-recorded = 记录服务中断
event-clock-went-back = 服务器时钟倒退，暂停催办和顺延
event-clock-confirmed = 确认时钟正确
notice-due-moved = 时限顺延告知
