# 工作人员请假：由本人或系统管理员登记。
account-away = 请假
account-away-until = 请假到（含当日）
account-away-hint = 请假期间，来信和待办由同站其他联络员、站长或管理人员接手；名下未办的待办随即转出。销假时清空。
account-away-do = 登记
flash-away = 请假已登记，未办的待办已转给接手的同事。
flash-back = 已销假。
