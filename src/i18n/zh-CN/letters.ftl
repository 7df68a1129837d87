# 信件。每种信有标题 letter-<种类>-heading 和首段 letter-<种类>-lead；其余按出现的位置命名。
letter-brand = 知派
letter-colon = ：
letter-greeting-expert = { $name }老师，您好：
letter-greeting = { $name }，您好：
letter-subject = { $heading }：{ $matter }
letter-subject-staff = [{ $number }] { $heading }：{ $matter }
letter-confidential-matter = 一件保密需求（{ $service }）
letter-confidential-note = 企业要求保密，标题和内容在您接单后可见。下面列出各方名称，供您判断有无利益冲突。

# 要点
letter-fact-title = 事项
letter-fact-description = 情况
letter-fact-services = 服务事项
letter-fact-enterprise = 企业
letter-fact-opposing-party = 对方
letter-fact-opposing-agent = 对方代理机构
letter-fact-place = 在哪里
letter-fact-when = 什么时候
letter-fact-hours = 要多久
letter-fact-urgency = 紧急程度
letter-fact-number = 受理编号
letter-fact-offer-number = 派单编号
letter-fact-matter = 事项
letter-fact-expert = 专家
letter-fact-answer = 登记的答复
letter-fact-decline-reason = 婉拒原因
letter-fact-question = 提问
letter-fact-reply = 回复
letter-fact-case-kind = 案件种类
letter-fact-case-number = 案件编号
letter-fact-grounds = 事由
letter-fact-decision = 决定
letter-fact-reason = 理由
letter-when-by = { $day }前，具体时间由专家和企业约定
letter-when-open = 由专家和企业约定
letter-hours = 约 { $hours } 小时

# 时限
letter-due-answer = 请于 { $due } 前答复
letter-due-answer-undated = 请在通知之后 2 日内答复
letter-due-feedback = 请于 { $feedback_due } 前提交书面反馈
letter-due-rule = { $rule }：{ $text }
letter-due-notified = 时限自 { $at } 通知之时起算。
letter-due-from-delivery = 时限自邮件服务器收下本信之时起算；上面的时间按此刻发出计算。
letter-due-moved = 时限已延后到这一时刻；告知过的时限只会延后，不会提前。
letter-due-provisional = 有关年份的放假安排尚未公布，此时限为暂定，只会延后，不会提前。

# 按钮
letter-act-accept = 看详情，接单
letter-act-decline-or-ask = 这次不行，或先问一句
letter-act-decline = 这次不行
letter-act-answer-after-all = 查看，仍可答复
letter-act-feedback-or-release = 提交反馈，或告知我无法继续
letter-act-feedback = 填写书面反馈
letter-act-look = 查看这件事
letter-act-not-mine = 非本人操作
letter-act-status = 查看办理进度
letter-act-rate = 评价本次服务
letter-act-need = 打开需求
letter-act-case = 打开案件
letter-act-password = 重设密码

# 联系人
letter-contact-enterprise = 企业联系人
letter-contact-expert = 为您服务的专家
letter-contact-name = 姓名
letter-contact-firm = 单位
letter-contact-phone = 电话
letter-contact-email = 邮箱

# 结尾
letter-closing-looking = 打开链接只是查看，不会替您答复。婉拒也是及时答复，不影响评价。
letter-closing-private-link = 专属链接只给您本人，请勿转发。
letter-closing-volunteer = 这是公益服务：不收礼金，不推介有偿服务，不为所在单位招揽业务。
letter-closing-confidence = 请对企业提供的情况和材料保密。
letter-closing-calendar = 随信附有日历文件，当日全天显示为空闲，具体时间请双方约定。
letter-closing-feedback = 写几句即可：做了什么、用了多久、结果如何。填写中会随时保存。
letter-closing-fair = 在作出决定之前，您的陈述会一并审阅。
letter-closing-free = 服务免费。如遇专家收受礼金、推介有偿服务或招揽业务，请告诉我们。
letter-closing-rating = 评价约需一分钟，无需登录。
letter-closing-password = 链接只能用一次。如果不是您本人申请，请不必理会，密码不会改变。
letter-supervision = 监督电话：{ $phone }

# 日历
letter-invite-summary = 志愿服务：{ $enterprise }，{ $matter }
letter-invite-feedback = 书面反馈截止：{ $enterprise }，{ $matter }
letter-invite-description = 受理编号 { $number }。具体时间由专家和企业约定。

# 致专家
letter-offer-subject = 请于 { $short_due } 前答复：{ $matter }
letter-offer-subject-undated = 请在 2 日内答复：{ $matter }
letter-offer-heading = 想请您帮一家企业
letter-offer-lead = { $enterprise }有一件事想请您帮忙：{ $matter }。
letter-reminder-subject = 提醒：请于 { $short_due } 前答复：{ $matter }
letter-reminder-subject-undated = 提醒：请尽快答复：{ $matter }
letter-reminder-heading = 还在等您的答复
letter-reminder-lead = { $enterprise }的事还在等您的答复：{ $matter }。接单、婉拒或先问一句，都算答复。
letter-offer-lapsed-heading = 答复时限已过
letter-offer-lapsed-lead = “{ $matter }”的答复时限（{ $due }）已过，已记为逾期未答复。
letter-offer-lapsed-still-open = 只要还没有别的专家接单，您仍可通过原来的链接答复。
letter-offer-lapsed-not-received = 如果您没有收到过派单信，请告诉工作站；查实后会撤销这条记录。
letter-seat-taken-heading = 已有专家接单
letter-seat-taken-lead = “{ $matter }”已有专家接单，您不必再答复。谢谢您。
letter-offer-withdrawn-heading = 这件事不必再答复
letter-offer-withdrawn-lead = “{ $matter }”已撤回或办结，您不必再做什么。谢谢您。
letter-confirmed-heading = 谢谢您接单
letter-confirmed-lead = “{ $matter }”由您承接。请尽快与企业联系，约定时间和方式。
letter-confirmed-no-contact = 企业没有留联系方式，工作站会协助你们联系。
letter-question-replied-heading = 您的提问有回复了
letter-question-replied-lead = 关于“{ $matter }”，您的提问已有回复，答复时限也相应延后。
letter-answer-entered-heading = 已替您登记答复
letter-answer-entered-lead = 工作站按您的来电或留言，为“{ $matter }”登记了答复：{ $answer }。
letter-answer-entered-not-mine = 如果这不是您的意思，请点“非本人操作”，我们会核实更正。
letter-expert-released-heading = 这件事不再由您承接
letter-expert-released-lead = “{ $matter }”的承接已经解除，您不必再做什么。感谢您付出的时间。
letter-expert-released-confidence = 请继续对企业的情况保密，并删除企业提供的材料。
letter-feedback-reminder-heading = 请提交书面反馈
letter-feedback-reminder-lead = “{ $matter }”还差您的书面反馈。
letter-case-opened-heading = { $case_kind }立案通知
letter-case-opened-lead = 管理机构就下列事由对您立案，案件编号 { $number }。
letter-case-suspended = 案件决定之前暂停向您派单。
letter-case-statement = 您可以在收到本信之日起 { $statement_days } 个工作日内，通过下面的链接提交陈述和材料，也可以书面寄送或当面说明。
letter-case-decided-heading = { $case_kind }案件决定
letter-case-decided-lead = 案件 { $number } 已由两名管理人员先后审阅并作出决定。
letter-case-appeal = 如对决定有异议，您可以在收到本信之日起 { $appeal_days } 个工作日内，通过下面的链接或书面申诉。
letter-case-no-mark = 您的在册状态恢复到立案之前。
letter-breach-withdrawn-heading = 逾期记录已撤销
letter-breach-withdrawn-lead = 经核实，关于“{ $matter }”的派单信没有送到您的邮箱。这条逾期记录已撤销，有关统计已更正。给您添麻烦了。
letter-breach-withdrawn-address = 请核对您留在我们这里的邮箱；如有变化，请告诉工作站。
letter-digest-heading = { $n } 件事请您看一看
letter-digest-lead = 为少打扰您，以下 { $n } 件事合在一封信里，每件都有自己的链接。
letter-closing-digest = 链接只供您本人使用，请勿转发。新的派单总是单独发信。

# 致企业
letter-receipt-heading = 您的需求已受理
letter-receipt-lead = { $station }已受理您的需求，受理编号 { $number }。我们正在为您联系合适的专家，有专家接单就会告诉您。
letter-expert-confirmed-heading = 已为您请到专家
letter-expert-confirmed-lead = { $expert }专家已接单，会与您联系约定时间。您也可以主动联系。
letter-searching-again-heading = 正在为您另请专家
letter-searching-again-lead = 原来接单的专家因故无法继续，我们正在为您另请专家。
letter-searching-again-nothing-to-do = 您不必重新提交。有专家接单就会告诉您。
letter-rate-service-heading = 请评价本次服务
letter-rate-service-lead = { $expert }专家已就“{ $matter }”为您提供服务，请您说说是否满意。
letter-rate-reminder-heading = 还请您评价本次服务
letter-rate-reminder-lead = 您还没有评价{ $expert }专家的服务。您的评价会帮助我们改进；这是唯一一次提醒。
letter-need-closed-heading = 您的需求已结束办理
letter-need-closed-lead = 您的需求“{ $matter }”（{ $number }）已结束办理。如有新的需要，欢迎再联系工作站。

# 致工作人员
letter-staff-accepted-heading = 专家已接单
letter-staff-accepted-lead = { $expert }已接单，双方已收到对方的联系方式。
letter-staff-accepted-next = 下一步：不必做什么；服务后会提醒专家提交反馈。
letter-staff-declined-heading = 专家婉拒
letter-staff-declined-lead = { $expert }这次不能承接。
letter-staff-lapsed-heading = 逾期未答复
letter-staff-lapsed-lead = { $expert }没有在 { $due } 前答复。
letter-staff-question-heading = 专家有提问
letter-staff-question-lead = { $expert }想先问一句，答复时限已暂停。
letter-staff-question-overdue-heading = 专家的提问还没有回复
letter-staff-question-overdue-lead = { $expert }的提问到期未回复，现转到您这里。
letter-staff-unanswered-heading = 候补已问完，无人接单
letter-staff-unanswered-lead = { $enterprise }的需求已经没有候补专家可问。
letter-staff-undelivered-heading = 派单信退回
letter-staff-undelivered-lead = 给{ $expert }的信被退回，答复时限不计。
letter-staff-released-heading = 专家不再承接
letter-staff-released-lead = { $expert }不再承接这件需求。
letter-staff-feedback-heading = 专家已提交反馈
letter-staff-feedback-lead = { $expert }已提交书面反馈。
letter-staff-feedback-next = 下一步：等企业评价；评价收到后填写内部评价并办结。
letter-staff-conduct-heading = 企业评价反映行为问题
letter-staff-conduct-lead = 企业在评价中反映了{ $expert }的行为问题。
letter-staff-case-heading = 案件待第二人决定
letter-staff-case-lead = { $case_kind }案件 { $number } 等待另一名管理人员决定。
letter-staff-not-mine-heading = 专家称登记的答复非本人所作
letter-staff-not-mine-lead = { $expert }表示，替其登记的答复不是本人的意思。
letter-staff-escalated-heading = 待办无人处理：{ $task }
letter-staff-escalated-lead = { $enterprise }的需求有一项待办从 { $since } 起没有人处理。
letter-staff-escalated-until = 有人处理之前，会继续逐级提醒。
letter-staff-digest-heading = { $n } 件事请处理
letter-staff-digest-lead = 以下 { $n } 件事合在一封信里。
letter-closing-digest-staff = 全部待办都在工作台上。
letter-fact-since = 等待自
letter-staff-next-asked = 已转向下一位候补：{ $next }。您不必做什么。
letter-staff-nobody-next = 后面没有候补了。请另选专家，或说明原因办结。
letter-password-reset-heading = 重设密码
letter-password-reset-lead = 我们收到了为您的账号重设密码的申请。请打开下面的链接设置新密码。
letter-due-moved-heading = 答复时限顺延
letter-due-moved-lead = “{ $matter }”的答复时限顺延至 { $due }，依据见下方逐日说明。
letter-closing-due-moved = 时限只会延后。此前如已记为逾期，记录一并撤销。
