//! One connection's dialogue: RFC 5321 with STARTTLS (RFC 3207) and AUTH PLAIN and LOGIN (RFC 4954).

use super::script::{Act, Behaviour, Login, Stage, StartTls};
use super::{Received, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

trait Wire: Read + Write + Send {}
impl<T: Read + Write + Send> Wire for T {}

/// A mail being handed over.
#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
    in_data: Option<Behaviour>,
}

struct Conversation {
    state: Arc<State>,
    wire: BufReader<Box<dyn Wire>>,
    over_tls: bool,
    signed_in: bool,
    envelope: Envelope,
    /// Milliseconds between two bytes said.
    trickle: u64,
}

/// What a fault leaves to be done.
enum Left {
    /// The stage itself.
    Stage,
    /// The stage, and these lines after it.
    More(&'static str),
    /// The stage, and then nothing.
    End,
    /// Nothing: it was dealt with.
    Nothing,
    /// Nothing: the connection is to be closed.
    Close,
}

/// Talks to one client until it leaves, the script drops it, or the socket is shut down.
pub(super) fn hold(state: Arc<State>, socket: TcpStream) -> io::Result<()> {
    let wire = BufReader::new(Box::new(socket) as Box<dyn Wire>);
    let mut conversation =
        Conversation { state, wire, over_tls: false, signed_in: false, envelope: Envelope::default(), trickle: 0 };
    if conversation.state.script(|script| script.unavailable) {
        return conversation.say("421 4.3.2 sink.test is closed for maintenance");
    }
    match conversation.strike(Stage::Greeting)? {
        Left::Close => return Ok(()),
        Left::Nothing => {}
        Left::Stage => conversation.say("220 sink.test ESMTP")?,
        Left::More(lines) => {
            conversation.say("220 sink.test ESMTP")?;
            conversation.say(lines)?;
        }
        Left::End => return conversation.say("220 sink.test ESMTP"),
    }
    while let Some(line) = conversation.hear()? {
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let verb = verb.to_ascii_uppercase();
        let stage = match verb.as_str() {
            "EHLO" | "HELO" => Some(Stage::Hello),
            "STARTTLS" => Some(Stage::StartTls),
            "AUTH" => Some(Stage::Auth),
            "MAIL" => Some(Stage::Mail),
            "RCPT" => Some(Stage::Rcpt),
            "DATA" => Some(Stage::Data),
            _ => None,
        };
        let left = match stage {
            Some(stage) => conversation.strike(stage)?,
            None => Left::Stage,
        };
        match left {
            Left::Nothing => continue,
            Left::Close => return Ok(()),
            Left::Stage | Left::More(_) | Left::End => {}
        }
        match verb.as_str() {
            "EHLO" | "HELO" => conversation.greet()?,
            "STARTTLS" => conversation = conversation.start_tls()?,
            "AUTH" => conversation.sign_in(rest)?,
            "MAIL" => conversation.mail_from(rest)?,
            "RCPT" => conversation.rcpt_to(rest)?,
            "DATA" => {
                if !conversation.data()? {
                    return Ok(());
                }
            }
            "RSET" => {
                conversation.envelope = Envelope::default();
                conversation.say("250 2.0.0 forgotten")?;
            }
            "NOOP" => conversation.say("250 2.0.0 still here")?,
            "QUIT" => return conversation.say("221 2.0.0 bye"),
            _ => conversation.say("500 5.5.2 unknown command")?,
        }
        match left {
            Left::More(lines) => conversation.say(lines)?,
            Left::End => return Ok(()),
            _ => {}
        }
    }
    Ok(())
}

impl Conversation {
    /// Lets a fault of the script strike at a stage, if one waits for it.
    fn strike(&mut self, stage: Stage) -> io::Result<Left> {
        let Some(act) = self.state.script(|script| script.strike(stage)) else { return Ok(Left::Stage) };
        self.state.note(format!("S: ({act:?} at {stage:?})"));
        Ok(match act {
            Act::Say(lines) => {
                self.say(lines)?;
                Left::Nothing
            }
            Act::SayAndClose(lines) => {
                self.say(lines)?;
                Left::Close
            }
            Act::Close => Left::Close,
            Act::Silence => {
                while self.hear()?.is_some() {}
                Left::Close
            }
            Act::SayMore(lines) => Left::More(lines),
            Act::ThenClose => Left::End,
            Act::Trickle(pause) => {
                self.trickle = pause;
                Left::Stage
            }
        })
    }

    fn say(&mut self, reply: &str) -> io::Result<()> {
        self.state.note(format!("S: {reply}"));
        let trickle = self.trickle;
        let wire = self.wire.get_mut();
        if trickle == 0 {
            wire.write_all(reply.as_bytes())?;
            wire.write_all(b"\r\n")?;
            return wire.flush();
        }
        for byte in reply.bytes().chain(*b"\r\n") {
            wire.write_all(&[byte])?;
            wire.flush()?;
            // The fault itself: a line that dribbles.
            std::thread::sleep(std::time::Duration::from_millis(trickle));
        }
        Ok(())
    }

    fn hear(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        if self.wire.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        self.state.note(format!("C: {line}"));
        Ok(Some(line))
    }

    fn greet(&mut self) -> io::Result<()> {
        self.envelope = Envelope::default();
        let (start_tls, login) = self.state.script(|script| (script.start_tls, script.login.clone()));
        let mut reply = "250-sink.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n".to_owned();
        if start_tls != StartTls::Absent && !self.over_tls {
            reply.push_str("250-STARTTLS\r\n");
        }
        if login != Login::Free {
            reply.push_str("250-AUTH PLAIN LOGIN\r\n");
        }
        self.say(&(reply + "250 ENHANCEDSTATUSCODES"))
    }

    fn start_tls(mut self) -> io::Result<Self> {
        match self.state.script(|script| script.start_tls) {
            StartTls::Offered if !self.over_tls => {}
            StartTls::Refused => {
                self.say("454 4.7.0 TLS not available")?;
                return Ok(self);
            }
            StartTls::Absent | StartTls::Offered => {
                self.say("502 5.5.1 not implemented")?;
                return Ok(self);
            }
        }
        self.say("220 2.0.0 go ahead")?;
        let server = rustls::ServerConnection::new(Arc::clone(&self.state.tls)).map_err(io::Error::other)?;
        let wire: Box<dyn Wire> = Box::new(rustls::StreamOwned::new(server, self.wire.into_inner()));
        Ok(Self {
            state: self.state,
            wire: BufReader::new(wire),
            over_tls: true,
            signed_in: false,
            envelope: Envelope::default(),
            trickle: self.trickle,
        })
    }

    fn sign_in(&mut self, arguments: &str) -> io::Result<()> {
        let (mechanism, initial) = arguments.split_once(' ').unwrap_or((arguments, ""));
        let given = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let response = if initial.is_empty() { self.challenge("")? } else { initial.to_owned() };
                let decoded = decode(&response);
                let mut fields = decoded.split('\0').skip(1).map(str::to_owned);
                (fields.next().unwrap_or_default(), fields.next().unwrap_or_default())
            }
            "LOGIN" => {
                let user = if initial.is_empty() { self.challenge("VXNlcm5hbWU6")? } else { initial.to_owned() };
                (decode(&user), decode(&self.challenge("UGFzc3dvcmQ6")?))
            }
            _ => return self.say("504 5.5.4 unknown mechanism"),
        };
        let welcome = match self.state.script(|script| script.login.clone()) {
            Login::Required { user, password } => given == (user, password),
            Login::Free | Login::Broken => false,
        };
        self.signed_in = welcome;
        self.say(if welcome { "235 2.7.0 welcome" } else { "535 5.7.8 user or password wrong" })
    }

    fn challenge(&mut self, question: &str) -> io::Result<String> {
        self.say(&format!("334 {question}"))?;
        Ok(self.hear()?.unwrap_or_default())
    }

    fn mail_from(&mut self, arguments: &str) -> io::Result<()> {
        if self.state.script(|script| script.login != Login::Free) && !self.signed_in {
            return self.say("530 5.7.0 sign in first");
        }
        self.envelope = Envelope { from: Some(address_in(arguments)), ..Envelope::default() };
        self.say("250 2.1.0 sender ok")
    }

    fn rcpt_to(&mut self, arguments: &str) -> io::Result<()> {
        if self.envelope.from.is_none() {
            return self.say("503 5.5.1 MAIL first");
        }
        let recipient = address_in(arguments);
        let behaviour = self.state.script(|script| script.decide(&recipient));
        match behaviour {
            Behaviour::Refuse451 => return self.say("451 4.2.1 mailbox busy, try again later"),
            Behaviour::Refuse550 => return self.say("550 5.1.1 no such mailbox"),
            Behaviour::Accept => {}
            Behaviour::StallInData | Behaviour::DropAfterData => {
                self.envelope.in_data = self.envelope.in_data.or(Some(behaviour))
            }
        }
        self.envelope.to.push(recipient);
        self.say("250 2.1.5 recipient ok")
    }

    /// Takes the message. False when the connection is to be closed without a word.
    fn data(&mut self) -> io::Result<bool> {
        let envelope = std::mem::take(&mut self.envelope);
        let Some(from) = envelope.from.filter(|_| !envelope.to.is_empty()) else {
            self.say("503 5.5.1 RCPT first")?;
            return Ok(true);
        };
        self.say("354 end with a dot")?;
        let Some(raw) = self.hear_message()? else { return Ok(false) };
        let received = Received::parse(from, envelope.to, self.over_tls, raw);
        let released = match envelope.in_data {
            Some(Behaviour::DropAfterData) => false,
            Some(Behaviour::StallInData) => self.state.stall(),
            _ => true,
        };
        let dot = if released { self.strike(Stage::Dot)? } else { Left::Stage };
        match dot {
            Left::Nothing => return Ok(true),
            Left::Close => {
                self.state.keep_unacknowledged(received);
                return Ok(false);
            }
            Left::Stage | Left::More(_) | Left::End => {}
        }
        if !released {
            self.state.note("S: (closes without an answer)".to_owned());
            self.state.keep_unacknowledged(received);
            return Ok(false);
        }
        let wire = self.wire.get_mut();
        self.state.acknowledge(received, || wire.write_all(b"250 2.0.0 taken\r\n").and_then(|()| wire.flush()))?;
        if let Left::More(lines) = dot {
            self.say(lines)?;
        }
        Ok(!matches!(dot, Left::End))
    }

    /// The message up to the lone dot, dots unstuffed (RFC 5321 section 4.5.2); nothing if the client left before it.
    fn hear_message(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut message = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.wire.read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            if line == b".\r\n" {
                self.state.note(format!("C: ({} bytes)", message.len()));
                return Ok(Some(message));
            }
            message.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

fn decode(base64: &str) -> String {
    String::from_utf8_lossy(&BASE64.decode(base64.trim()).unwrap_or_default()).into_owned()
}

/// What stands between the angle brackets of `FROM:<…>` or `TO:<…>`.
fn address_in(arguments: &str) -> String {
    let inner = arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}
