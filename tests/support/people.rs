//! The people of a story as HTTP clients: staff with a token, experts and enterprises with nothing but a link.

use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use zhipai::ids::AccountId;

/// Staff with an API token.
pub struct Person {
    pub account: AccountId,
    pub token: String,
    base_url: String,
    client: Client,
}

/// An answer, read.
#[derive(Debug, Clone)]
pub struct Told {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Told {
    pub fn read(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, headers, body, text }
    }

    /// The answer, if it is of that status; otherwise the test ends with what was said.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("an id in {}", self.text)).to_owned()
    }

    /// The names of the fields a refusal complains about.
    pub fn fields(&self) -> Vec<String> {
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["field"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// A client that neither keeps cookies nor follows redirects.
pub fn plain_client() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

impl Person {
    pub fn new(base_url: &str, account: AccountId, token: &str) -> Self {
        Self { account, token: token.to_owned(), base_url: base_url.to_owned(), client: plain_client() }
    }

    pub fn get(&self, path: &str) -> Told {
        Told::read(
            self.client.get(format!("{}{path}", self.base_url)).bearer_auth(&self.token).send().expect("an answer"),
        )
    }

    pub fn get_in(&self, path: &str, language: &str) -> Told {
        let call = self.client.get(format!("{}{path}", self.base_url)).bearer_auth(&self.token);
        Told::read(call.header("Accept-Language", language).send().expect("an answer"))
    }

    pub fn post(&self, path: &str, body: &Value) -> Told {
        let call = self.client.post(format!("{}{path}", self.base_url)).bearer_auth(&self.token).json(body);
        Told::read(call.send().expect("an answer"))
    }

    pub fn post_once(&self, path: &str, key: &str, body: &Value) -> Told {
        let call = self.client.post(format!("{}{path}", self.base_url)).bearer_auth(&self.token);
        Told::read(call.header("Idempotency-Key", key).json(body).send().expect("an answer"))
    }

    pub fn patch(&self, path: &str, body: &Value) -> Told {
        let call = self.client.patch(format!("{}{path}", self.base_url)).bearer_auth(&self.token).json(body);
        Told::read(call.send().expect("an answer"))
    }

    /// Enters an active expert and gives the id.
    pub fn registers(&self, expert: &Value) -> String {
        self.post("/api/v1/experts", expert).expect(201).id()
    }

    /// Submits a need and gives the id.
    pub fn submits(&self, need: &Value) -> String {
        self.post("/api/v1/needs", need).expect(201).id()
    }

    /// Offers the need and gives the assignment's id.
    pub fn asks(&self, need: &str, expert: &str, reserves: &[&str]) -> String {
        self.post(&format!("/api/v1/needs/{need}/assignments"), &json!({"expert_id": expert, "reserves": reserves}))
            .expect(201)
            .id()
    }

    pub fn need(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/needs/{id}")).expect(200).body
    }

    pub fn assignment(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/assignments/{id}")).expect(200).body
    }
}

/// Whoever holds a link: no account, no cookie.
pub struct Holder {
    pub link: String,
    client: Client,
}

impl Holder {
    pub fn of(link: impl Into<String>) -> Self {
        Self { link: link.into(), client: plain_client() }
    }

    pub fn looks(&self) -> Told {
        Told::read(self.client.get(&self.link).send().expect("an answer"))
    }

    pub fn peeks(&self) -> Told {
        Told::read(self.client.head(&self.link).send().expect("an answer"))
    }

    pub fn posts(&self, fields: &[(&str, &str)]) -> Told {
        Told::read(self.client.post(&self.link).form(fields).send().expect("an answer"))
    }
}

/// An active expert in Haidian who knows disputes and sensors.
pub fn expert(name: &str) -> Value {
    json!({
        "name": name, "firm": format!("{name}知识产权代理有限公司"), "firm_type": "agency",
        "email": format!("{}@experts.example", pinyin(name)), "phone": "13800138000", "region": "海淀区",
        "lat": 39.97, "lon": 116.32,
        "qualifications": [{"type": "专利代理师", "number": "11-2233", "valid_until": "2030-12-31"}],
        "years": 9, "services": ["dispute", "search", "risk"], "industries": ["传感器", "新一代信息技术"],
        "languages": ["zh"], "modes": ["online", "onsite", "station", "phone"],
        "bio": "专利侵权比对、现有技术抗辩、律师函应对；传感器与测控领域。", "standing": "active",
    })
}

/// A stable ASCII name for an address.
pub fn pinyin(name: &str) -> String {
    name.chars().map(|c| format!("{:x}", u32::from(c))).collect()
}

pub fn address(name: &str) -> String {
    format!("{}@experts.example", pinyin(name))
}

/// A need as an enterprise would put it.
pub fn need() -> Value {
    json!({
        "enterprise": {"name": "云岫传感科技有限公司", "region": "海淀区", "contact_name": "周小满",
            "contact_phone": "13900139000", "contact_email": "zhou@yunxiu.example"},
        "title": "收到专利侵权警告函，需判断是否侵权",
        "description": "5 月 6 日收到对方律师函，称我司压力传感器落入其发明专利保护范围，要求 15 日内停止销售并书面答复。想请专家看是否构成侵权、能否主张现有技术抗辩。",
        "services": ["dispute", "search"], "industries": ["传感器"], "region": "海淀区", "lat": 39.98, "lon": 116.3,
        "mode": "onsite", "opposing_party": "铂影测控技术有限公司", "opposing_agent": "澄观专利商标代理有限公司",
    })
}

/// A form with files as a browser sends it (RFC 7578): its content type and its body. Files: field, name, content.
pub fn multipart(fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> (String, Vec<u8>) {
    let boundary = "----zhipai-test-boundary";
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    for (field, name, content) in files {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}
