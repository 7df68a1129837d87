due-line = { $notified } 收到通知，请于 { $due } 前答复
due-provisional = 相关年份的放假安排尚未公布，期限为暂定，只会延后
cli-holidays = 已读入放假安排：{ $years } 年，共 { $days } 天；{ $moved } 件在办派单的期限顺延
cli-row = 第 { $row } 行：{ $text }
cli-imported = 新增 { $created }，更新 { $changed }，未变 { $unchanged }
cli-dry-run = 这是试运行，没有写入任何内容
cli-left-out = 有 { $n } 处问题，所在行未导入
cli-xlsx-or-csv = 文件名请以 .xlsx 或 .csv 结尾
