//! Events: what happened, past tense, for the audit trail (留痕). Rows hold ids, field names and codes, never personal
//! values (rules.md, "Audit, erasure").

text_enum! {
    /// What happened.
    pub enum Event {
        /// A need was submitted.
        NeedSubmitted = "need-submitted",
        /// A need's contact or text was corrected.
        NeedCorrected = "need-corrected",
        /// A need was retracted.
        NeedRetracted = "need-retracted",
        /// A need was closed.
        NeedClosed = "need-closed",
        /// A need got another owner.
        NeedHandedOver = "need-handed-over",
        /// A file was added.
        AttachmentAdded = "attachment-added",
        /// Reserves were set.
        ReservesSet = "reserves-set",
        /// A reserve was passed over.
        ReserveSkipped = "reserve-skipped",
        /// An expert was asked.
        ExpertAssigned = "expert-assigned",
        /// The clock began.
        NoticeRecorded = "notice-recorded",
        /// The letter came back.
        NoticeBounced = "notice-bounced",
        /// A reminder was sent.
        ReminderSent = "reminder-sent",
        /// The expert accepted.
        OfferAccepted = "offer-accepted",
        /// The expert declined.
        OfferDeclined = "offer-declined",
        /// The expert asked a question; the clock stopped.
        QuestionAsked = "question-asked",
        /// The expert said that an answer entered by staff was not theirs.
        AnswerContested = "answer-contested",
        /// The question was replied to; the clock runs again.
        QuestionReplied = "question-replied",
        /// Nobody replied for two working days; the clock runs again by itself.
        ClockRestarted = "clock-restarted",
        /// The due instant moved later.
        DueMoved = "due-moved",
        /// The offer ran out.
        OfferLapsed = "offer-lapsed",
        /// The offer became void.
        OfferVoided = "offer-voided",
        /// A taken seat was given back.
        AssignmentReleased = "assignment-released",
        /// A breach was withdrawn.
        BreachWithdrawn = "breach-withdrawn",
        /// Nobody left to ask.
        ChainExhausted = "chain-exhausted",
        /// Feedback was filed.
        FeedbackFiled = "feedback-filed",
        /// The service was rated.
        ServiceRated = "service-rated",
        /// An expert came on the register.
        ExpertRegistered = "expert-registered",
        /// An expert's record was changed.
        ExpertChanged = "expert-changed",
        /// A review decided.
        ExpertReviewed = "expert-reviewed",
        /// Leave was entered.
        LeaveEntered = "leave-entered",
        /// An expert withdrew.
        ExpertWithdrew = "expert-withdrew",
        /// A person was erased: the key of what they were is destroyed.
        ExpertErased = "expert-erased",
        /// A case was opened.
        CaseOpened = "case-opened",
        /// A case was decided.
        CaseDecided = "case-decided",
        /// The expert was told of a case.
        CaseTold = "case-told",
        /// The notice of a case came back.
        CaseReturned = "case-returned",
        /// The expert was heard in a case.
        StatementTaken = "statement-taken",
        /// The time to be heard is over.
        HearingEnded = "hearing-ended",
        /// The expert was told of the decision.
        DecisionTold = "decision-told",
        /// The expert appealed.
        AppealTaken = "appeal-taken",
        /// The appeal was decided.
        AppealDecided = "appeal-decided",
        /// The case is final.
        CaseEnded = "case-ended",
        /// A paper of a case was filed.
        CasePaperFiled = "case-paper-filed",
        /// A case was passed on to an authority (移送).
        CaseTransferred = "case-transferred",
        /// A report was looked into.
        IncidentFound = "incident-found",
        /// An expert's standing changed.
        StandingChanged = "standing-changed",
        /// An expert was suspended.
        ExpertSuspended = "expert-suspended",
        /// An incident was recorded.
        IncidentRecorded = "incident-recorded",
        /// A relation was declared.
        RelationDeclared = "relation-declared",
        /// A declared relation came to an end.
        RelationEnded = "relation-ended",
        /// A manager waived a conflict.
        ConflictWaived = "conflict-waived",
        /// Somebody asked whether an expert conflicts.
        ConflictChecked = "conflict-checked",
        /// The weights of the ranking were set.
        RankingSet = "ranking-set",
        /// Contact data was read in full, with a purpose.
        ContactRevealed = "contact-revealed",
        /// How to reach the enterprise was kept long enough and let go of.
        ContactLetGo = "contact-let-go",
        /// A station was entered or changed.
        StationKept = "station-kept",
        /// An account was made or changed.
        AccountKept = "account-kept",
        /// Somebody signed in.
        SignedIn = "signed-in",
        /// A sign-in failed.
        SignInFailed = "sign-in-failed",
        /// Somebody signed out.
        SignedOut = "signed-out",
        /// A token was made or revoked.
        TokenKept = "token-kept",
        /// Policy was changed.
        PolicySet = "policy-set",
        /// A sheet was imported.
        SheetImported = "sheet-imported",
        /// A sheet was exported.
        SheetExported = "sheet-exported",
        /// The days of a State Council notice were imported.
        CalendarImported = "calendar-imported",
        /// A notice was read in and waits for a second person.
        CalendarProposed = "calendar-proposed",
        /// A second person refused a notice that was read in.
        CalendarRefused = "calendar-refused",
        /// The answer page was down.
        OutageRecorded = "outage-recorded",
        /// The machine's clock went back; escalation stands still.
        ClockWentBack = "clock-went-back",
        /// Somebody confirmed that the machine's clock is right.
        ClockConfirmed = "clock-confirmed",
        /// A task was done.
        TaskDone = "task-done",
        /// A task nobody acted on was told to more people.
        TaskEscalated = "task-escalated",
        /// A letter waits for the morning: its reader had the day's letters.
        LetterHeld = "letter-held",
        /// Staff told a waiting letter themselves.
        LetterPassedOn = "letter-passed-on",
        /// The mail worker stopped: our configuration is at fault.
        MailStopped = "mail-stopped",
        /// The mail worker works again.
        MailResumed = "mail-resumed",
        /// Somebody had the mail worker try again at once.
        MailTriedAgain = "mail-tried-again",
    }
}
