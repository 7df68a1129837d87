# The frame of every page, and the words inside parts/macros.html.
frame-brand = 知派
frame-skip = 跳到主要内容
frame-nav = 主导航
frame-bar = 底部导航
frame-more = 更多
# Read out after a count in the navigation: “5 件待处理”.
frame-waiting = 件待处理
frame-sign-out = 退出登录
frame-large-type = 大字版
frame-normal-type = 标准字号
frame-dark = 深色
frame-light = 浅色
# The button that leaves things as they are, when a deed is asked about once.
frame-keep = 先不做
frame-organiser = 主办单位：
frame-supervision = 监督电话：
frame-site-code = 网站标识码
frame-demo-mailbox = 演示信箱与时钟

part-errors-title = 有 { $n } 处需要改正
part-error = 错误：
part-optional = （可不填）
part-suggested = 按描述推荐
part-suggested-by = 按描述推荐：{ $words }
# {"{n}"} is filled in by the page's script while one types.
part-left = 还可写 {"{n}"} 字
part-paging = 分页
part-previous = 上一页
part-next = 下一页
part-count = 逐日计算
part-how-counted = 逐日怎么算的
part-signal = 依据
part-share = 得分占比
part-points = 得分
part-why = 说明
part-total = 合计
part-copy = 复制
part-copied = 已复制
