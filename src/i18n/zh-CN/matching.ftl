# 匹配：依据、理由、不能请的原因

# 依据的名称，按展示顺序
signal-service = 服务事项
signal-industry = 产业领域
signal-text = 内容相符
signal-distance = 距离
signal-duty = 值班
signal-load = 在手
signal-fairness = 公平
signal-answers = 答复记录
signal-satisfaction = 满意度

# 理由
reason-service-all = { $similar ->
    [0] 服务事项全部对口：{ $services }
   *[other] { $mean ->
        [unrated] 服务事项全部对口：{ $services }；近三年办过 { $similar } 件类似需求
       *[other] 服务事项全部对口：{ $services }；近三年办过 { $similar } 件类似需求，{ $rated } 次评价均分 { $mean }
    }
}
reason-service-some = { $similar ->
    [0] { $wanted } 项服务中 { $matched } 项对口：{ $services }
   *[other] { $mean ->
        [unrated] { $wanted } 项服务中 { $matched } 项对口：{ $services }；近三年办过 { $similar } 件类似需求
       *[other] { $wanted } 项服务中 { $matched } 项对口：{ $services }；近三年办过 { $similar } 件类似需求，{ $rated } 次评价均分 { $mean }
    }
}
reason-service-none = 所需服务事项均不在其登记范围
reason-service-not-stated = 需求未选服务事项，按中值计
reason-service-language = { $wanted } 项服务中 { $matched } 项对口，但未登记会{ $languages }，减半计
reason-industry-matched = 熟悉{ $industries }
reason-industry-none = 登记的是其他产业
reason-industry-unknown = 未登记产业领域
reason-industry-not-stated = 需求未选产业，按中值计
reason-text-words = 需求中的“{ $words }”见于其专长与记录
reason-text-some = 需求内容与其专长、记录相近
reason-text-none = 需求内容与其专长、记录没有共同词语
reason-distance-same-region = 同在{ $region }，相距 { $km } 公里
reason-distance-apart = 相距 { $km } 公里
reason-distance-region = 同在{ $region }，未登记具体位置
reason-distance-unknown = 位置不详，按中值计
reason-distance-remote = { $mode ->
    [phone] 电话服务，不计距离
   *[other] 线上服务，不计距离
}
reason-duty-now = 此刻正在本站值班
reason-duty-today = 今天稍后在本站值班
reason-duty-in-days = { $days ->
    [1] 明天在本站值班
   *[other] { $days } 天后在本站值班
}
reason-duty-elsewhere = 此刻在其他站值班
reason-duty-none = 近期不在本站值班
reason-load = { $open ->
    [0] 本月已请 { $month } 次，上限 { $cap } 次；近 90 天承接 { $taken } 件
   *[other] 本月已请 { $month } 次，上限 { $cap } 次；待答复 { $open } 件；近 90 天承接 { $taken } 件
}
reason-load-resting = 上月承接 { $last } 件，已到每月上限 { $cap } 次，本月缓派；本月已请 { $month } 次，待答复 { $open } 件
reason-fairness-asked = 近 90 天请过 { $asked } 次，同行中位 { $median } 次
reason-fairness-never = 近 90 天还没有请过，同行中位 { $median } 次
reason-fairness-newcomer = 新近在册，请过 { $asked } 次，同行中位 { $median } 次
reason-answers-all = { $hours ->
    [unknown] 近一年 { $count } 次全部按时答复
   *[other] 近一年 { $count } 次全部按时答复，中位 { $hours } 小时
}
reason-answers-some = { $hours ->
    [unknown] 近一年 { $count } 次中 { $on-time } 次按时答复
   *[other] 近一年 { $count } 次中 { $on-time } 次按时答复，中位 { $hours } 小时
}
reason-answers-none = 近一年没有答复记录，按常值计
reason-satisfaction-mean = 企业评价 { $count } 次，均分 { $mean }
reason-satisfaction-none = 还没有企业评价，按常值计
# 一句话理由之间、之后的标点
reason-join = ；
reason-end = 。

# 不能请的原因：一句话，与不超过八个字的标签
excluded-standing = { $standing ->
    [applied] 申请尚未受理，还不在册。
    [reviewing] 正在审核，还不在册。
    [paused] 本人已暂停接单。
    [suspended] 已停派，案件处理期间不派单。
    [withdrawn] 已退出专家队伍。
    [removed] 已除名。
   *[other] 目前不在册。
}
excluded-standing-tag = 不在册
excluded-already-asked = 这件需求已经请过，不再重复打扰。
excluded-already-asked-tag = 已请过
excluded-qualification = 资质有效期到{ $date }，到时已失效。
excluded-qualification-tag = 资质过期
excluded-licence = { $case ->
    [lawyer-never] 本事项须有律师执业证，名册上没有登记。
    [patent-attorney-never] 本事项须有专利代理师证书，名册上没有登记。
    [lawyer-ended] 本事项需要的律师执业证有效期到{ $date }，到时已失效；其他事项不受影响。
   *[patent-attorney-ended] 本事项需要的专利代理师证书有效期到{ $date }，到时已失效；其他事项不受影响。
}
excluded-licence-tag = 执业证不符
excluded-week-hours = 服务所在那一周已安排 { $given } 小时，本人每周可服务 { $cap } 小时。
excluded-week-hours-tag = 当周已满
licence-patent-attorney = 专利代理师
licence-lawyer = 律师
excluded-leave = 请假到{ $date }。
excluded-leave-tag = 请假
excluded-open-cap = 已有 { $open } 件待答复，同时最多 { $cap } 件。
excluded-open-cap-tag = 待答复已满
excluded-monthly-cap = 本月已请 { $offers } 次，每月上限 { $cap } 次。
excluded-monthly-cap-tag = 本月已满
excluded-booked = 服务所在月份已排 { $services } 件，每月上限 { $cap } 件。
excluded-booked-tag = 当月已满
excluded-opposing-party = 本人或所在单位就是对方当事人“{ $name }”。
excluded-opposing-party-tag = 利益冲突
excluded-opposing-agent = 所在单位正是对方的代理机构“{ $name }”。
excluded-opposing-agent-tag = 利益冲突
excluded-own-enterprise = 就职于提出需求的企业。
excluded-own-enterprise-tag = 本企业人员
excluded-declared-relation = 已申报与当事一方有利害关系。
excluded-declared-relation-tag = 需要回避
excluded-learned-conflict = { $ground ->
    [past-service] 与本需求一方有近期或未了结的服务关系，应当回避。
    [firm-other-side] 所在单位正在同一争议中为对方服务，应当回避。
    [own-department] 本需求涉及其所在部门，应当回避。
   *[other] 与本需求一方有利害关系，应当回避。
}
excluded-learned-conflict-tag = 需要回避
excluded-needs-waiver = { $ground ->
    [declared] 已申报与本需求一方有关联，需由管理人员说明理由后准许。
    [past-service] 以往服务可能涉及本需求一方，需由管理人员说明理由后准许。
    [firm-other-side] 所在单位正在为对方办理其他事项，需由管理人员说明理由后准许。
    [open-offer] 本人或同单位专家正被邀请办理对方的事项、尚未答复，需由管理人员说明理由后准许。
   *[own-department] 需求提到其所在部门，需由管理人员说明理由后准许。
}
excluded-needs-waiver-tag = 待管理准许
excluded-ask-manager = { $side ->
    [party] 本人或所在单位与对方当事人“{ $name }”名称相同或相近，可能有关联，请管理人员核实。
    [agent] 本人或所在单位与对方代理机构“{ $name }”名称相同或相近，可能有关联，请管理人员核实。
   *[enterprise] 本人或所在单位与提出需求的企业“{ $name }”名称相同或相近，可能有关联，请管理人员核实。
}
excluded-ask-manager-tag = 待人工核实
excluded-conflict = 与本需求一方可能有利害关系，请管理人员核实。
excluded-conflict-tag = 需核实回避
excluded-mode = { $mode ->
    [online] 不提供线上服务。
    [station] 不提供到站服务。
    [onsite] 不提供上门服务。
    [phone] 不提供电话服务。
   *[training] 不提供培训。
}
excluded-mode-tag = 方式不符
excluded-distance = 相距 { $km } 公里，超出其愿意前往的 { $max } 公里。
excluded-distance-tag = 距离过远

# 利害关系的依据与种类
ground-declared = 已申报
ground-past-service = 既往服务
ground-firm-other-side = 所在单位为对方服务
ground-own-department = 所在部门
ground-open-offer = 对方有未答复的邀请
relation-employment = 任职
relation-ownership = 持股、出资
relation-family = 近亲属任职或持股
relation-advisory = 受聘顾问、代理
relation-adversary = 曾为对方
relation-other = 其他利害关系
