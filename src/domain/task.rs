//! A task (待办): something only a person can do next. Tasks are how the office makes sure that nothing is dropped.

text_enum! {
    /// What has to be done.
    pub enum TaskKind {
        /// No reserve left: choose others, or close.
        Unanswered = "unanswered",
        /// The letter came back: check the address, or phone.
        Undelivered = "undelivered",
        /// The expert asked something.
        ReplyQuestion = "reply-question",
        /// The question waits since the end of the next working day: 站长 and manager.
        QuestionOverdue = "question-overdue",
        /// The enterprise left neither mail nor phone: 补充联系方式.
        AddContact = "add-contact",
        /// The rating link ran out: call back (回访).
        CallBack = "call-back",
        /// Feedback and rating are in: write the 内部评价 and close.
        CloseNeed = "close-need",
        /// Feedback is overdue.
        FeedbackOverdue = "feedback-overdue",
        /// A rating said something about conduct.
        ConductReport = "conduct-report",
        /// Policy proposes admonition.
        AdmonitionProposed = "admonition-proposed",
        /// Policy proposes removal.
        RemovalProposed = "removal-proposed",
        /// A case waits for a second manager.
        DecideCase = "decide-case",
        /// The letter of a case did not reach the expert: tell them another way.
        TellCase = "tell-case",
        /// A decision is to be printed, sealed, scanned and filed back.
        SealDecision = "seal-decision",
        /// An appeal waits for a manager who had no part in the decision.
        DecideAppeal = "decide-appeal",
        /// An expert says a phone answer was not theirs.
        NotMyAnswer = "not-my-answer",
        /// A letter failed for good reasons of our own making (configuration).
        MailAlarm = "mail-alarm",
        /// Automatic mode found nobody who qualifies.
        NobodyQualifies = "nobody-qualifies",
        /// Nobody was asked for a need within a working day.
        NobodyAsked = "nobody-asked",
        /// A notice of the State Council waits for a second person.
        ApproveCalendar = "approve-calendar",
        /// The machine's clock went back: set it right, then confirm it here.
        ClockBack = "clock-back",
        /// A mailbox answered by itself: its owner is away.
        OutOfOffice = "out-of-office",
        /// Somebody replied to a letter by mail: a hint, never an answer.
        MailReply = "mail-reply",
        /// Somebody marked a letter as spam.
        MailComplaint = "mail-complaint",
        /// Mail came in that belongs to no letter.
        MailUnmatched = "mail-unmatched",
    }
}

impl TaskKind {
    /// Whether it is told to more and more people until somebody acts: behind it an enterprise waits for an expert.
    #[must_use]
    pub const fn escalates(self) -> bool {
        matches!(self, Self::Unanswered | Self::NobodyQualifies | Self::NobodyAsked)
    }
}
