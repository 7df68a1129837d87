due-line = { $notified } 收到通知，请于 { $due } 前答复
due-provisional = 相关年份的放假安排尚未公布，期限为暂定，只会延后
