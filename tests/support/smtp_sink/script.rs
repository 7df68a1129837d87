//! What the scripted server does, to whom, and how often.

/// What happens to one recipient's mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Taken and answered with 250.
    Accept,
    /// `RCPT TO` is answered with 451: try again later (RFC 5321 section 4.2.3).
    Refuse451,
    /// `RCPT TO` is answered with 550: no such mailbox.
    Refuse550,
    /// The whole message is read, then nothing is said until [`SmtpSink::release`](super::SmtpSink::release); then 250.
    StallInData,
    /// The whole message is read, then the connection is closed without an answer.
    DropAfterData,
}

/// Whether the server speaks TLS (RFC 3207).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartTls {
    /// Not announced, answered with 502.
    Absent,
    /// Announced and carried out with the sink's self-made certificate.
    Offered,
    /// Announced, yet answered with 454.
    Refused,
}

/// Whether a client has to sign in before `MAIL FROM` (RFC 4954).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// Anyone may send.
    Free,
    /// PLAIN or LOGIN with this user and password; anything else is answered with 535.
    Required {
        /// The user's name.
        user: String,
        /// The password.
        password: String,
    },
    /// Every attempt is answered with 535, whatever the password.
    Broken,
}

/// Where in the dialogue a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Instead of the greeting.
    Greeting,
    /// After EHLO or HELO.
    Hello,
    /// After STARTTLS.
    StartTls,
    /// After AUTH.
    Auth,
    /// After MAIL FROM.
    Mail,
    /// After RCPT TO.
    Rcpt,
    /// After DATA, instead of 354.
    Data,
    /// After the message's last dot.
    Dot,
}

/// What the server does instead of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Says these lines (joined by CRLF; the last CRLF is added) and goes on; nothing else is done at that stage.
    Say(&'static str),
    /// Says them and closes the connection.
    SayAndClose(&'static str),
    /// Closes the connection without a word.
    Close,
    /// Says nothing until the client gives up.
    Silence,
    /// Does what it should, and says these lines on top: replies and commands no longer match.
    SayMore(&'static str),
    /// Does what it should and closes the connection right after.
    ThenClose,
    /// From here on says every byte by itself, with so many milliseconds between them.
    Trickle(u64),
}

#[derive(Debug, Clone)]
struct Fault {
    stage: Stage,
    uses_left: usize,
    act: Act,
}

#[derive(Debug, Clone)]
struct Rule {
    recipient: Option<String>,
    uses_left: Option<usize>,
    behaviour: Behaviour,
}

/// The server's part in the play. Rules are tried in the order they were given; what no rule covers is accepted.
#[derive(Debug, Clone)]
pub struct Script {
    rules: Vec<Rule>,
    faults: Vec<Fault>,
    pub(super) start_tls: StartTls,
    pub(super) login: Login,
    pub(super) unavailable: bool,
}

impl Script {
    /// Accepts everything from anyone in plain text.
    #[must_use]
    pub fn accepting() -> Self {
        Self {
            rules: Vec::new(),
            faults: Vec::new(),
            start_tls: StartTls::Absent,
            login: Login::Free,
            unavailable: false,
        }
    }

    /// Greets every connection with 421 and closes it: the mail server is down for maintenance.
    #[must_use]
    pub fn unavailable() -> Self {
        Self { unavailable: true, ..Self::accepting() }
    }

    /// Strikes with a fault the next `times` times the dialogue comes to that stage.
    #[must_use]
    pub fn fault(mut self, times: usize, stage: Stage, act: Act) -> Self {
        self.faults.push(Fault { stage, uses_left: times, act });
        self
    }

    /// The fault that strikes now, used up once more.
    pub(super) fn strike(&mut self, stage: Stage) -> Option<Act> {
        let fault = self.faults.iter_mut().find(|fault| fault.stage == stage && fault.uses_left > 0)?;
        fault.uses_left -= 1;
        Some(fault.act)
    }

    /// Adds a rule for one recipient (compared without regard to case), for as long as the script runs.
    #[must_use]
    pub fn always(mut self, recipient: &str, behaviour: Behaviour) -> Self {
        self.rules.push(Rule { recipient: Some(recipient.to_owned()), uses_left: None, behaviour });
        self
    }

    /// Adds a rule for the next `times` recipients, whoever they are.
    #[must_use]
    pub fn next(mut self, times: usize, behaviour: Behaviour) -> Self {
        self.rules.push(Rule { recipient: None, uses_left: Some(times), behaviour });
        self
    }

    /// Adds a rule for the next `times` mails to one recipient.
    #[must_use]
    pub fn next_to(mut self, recipient: &str, times: usize, behaviour: Behaviour) -> Self {
        self.rules.push(Rule { recipient: Some(recipient.to_owned()), uses_left: Some(times), behaviour });
        self
    }

    /// Sets whether TLS is announced and carried out.
    #[must_use]
    pub fn start_tls(mut self, start_tls: StartTls) -> Self {
        self.start_tls = start_tls;
        self
    }

    /// Sets whether signing in is asked for.
    #[must_use]
    pub fn login(mut self, login: Login) -> Self {
        self.login = login;
        self
    }

    /// What the first rule that fits this recipient says; a rule that counts is used once more.
    pub(super) fn decide(&mut self, recipient: &str) -> Behaviour {
        for rule in &mut self.rules {
            if rule.recipient.as_ref().is_some_and(|wanted| !wanted.eq_ignore_ascii_case(recipient)) {
                continue;
            }
            match &mut rule.uses_left {
                None => return rule.behaviour,
                Some(0) => {}
                Some(left) => {
                    *left -= 1;
                    return rule.behaviour;
                }
            }
        }
        Behaviour::Accept
    }
}
