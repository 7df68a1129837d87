//! ChromeDriver and the browsers it starts.

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the driver may take for one call; longer than it may take for a page.
const AT_MOST: Duration = Duration::from_secs(30);

/// Waits for an answer of the driver, but not for ever: some calls it never answers.
async fn within<T>(what: &str, call: impl Future<Output = T>) -> T {
    tokio::time::timeout(AT_MOST, call).await.unwrap_or_else(|_| panic!("{what}: not within {AT_MOST:?}"))
}

/// What the driver gives; it does what it is asked, or the story ends.
async fn done<T>(what: &str, call: impl Future<Output = Result<T, CmdError>>) -> T {
    within(what, call).await.unwrap_or_else(|error| panic!("{what}: {error}"))
}

/// A running ChromeDriver; dropping it ends it and waits.
pub struct Driver {
    process: Child,
    address: String,
}

impl Driver {
    /// Starts ChromeDriver on a free port.
    pub fn start() -> Self {
        let program = std::env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}; run tests/run, which installs the browser"));
        let mut lines = BufReader::new(process.stdout.take().expect("its words")).lines();
        let port = loop {
            let line = lines.next().expect("ChromeDriver says its port").expect("a line");
            if let Some((_, rest)) = line.split_once("started successfully on port ") {
                break rest.trim_end_matches('.').to_owned();
            }
        };
        // Whatever else it says must be read, or it stops when the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address: format!("http://127.0.0.1:{port}") }
    }

    /// A browser window of that width; `javascript: false` is how a careful phone is set.
    pub async fn browser(&self, width: u32, height: u32, javascript: bool) -> Browser {
        let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
        let setting = if javascript { 1 } else { 2 };
        let capabilities = json!({
            "timeouts": {"script": 10_000, "pageLoad": 20_000, "implicit": 0},
            "goog:chromeOptions": {
                "binary": chromium,
                "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
                    "--hide-scrollbars", "--force-prefers-reduced-motion", "--lang=zh-CN", format!("--window-size={width},{height}")],
                "prefs": {"profile.managed_default_content_settings.javascript": setting, "intl.accept_languages": "zh-CN,zh"},
                "mobileEmulation": (width < 600).then(|| json!({"deviceMetrics": {"width": width, "height": height, "pixelRatio": 1.0, "mobile": true}})),
            }
        });
        let mut capabilities = capabilities.as_object().expect("an object").clone();
        if let Some(options) = capabilities.get_mut("goog:chromeOptions").and_then(|options| options.as_object_mut()) {
            options.retain(|_, value| !value.is_null());
        }
        let mut builder = ClientBuilder::new(hyper_util_connector());
        let connected = builder.capabilities(capabilities).connect(&self.address);
        Browser { client: within("a browser", connected).await.expect("a browser") }
    }
}

fn hyper_util_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One browser with one window.
pub struct Browser {
    client: Client,
}

impl Browser {
    async fn finds(&self, css: &str) -> Element {
        done(css, self.client.find(Locator::Css(css))).await
    }

    /// What a script gives.
    async fn runs(&self, what: &str, script: &str, arguments: Vec<Value>) -> Value {
        done(what, self.client.execute(script, arguments)).await
    }

    pub async fn open(&self, address: &str) {
        done(address, self.client.goto(address)).await;
    }

    /// Types into the field of that name.
    pub async fn types(&self, name: &str, text: &str) {
        let field = self.finds(&format!("[name='{name}']")).await;
        done(name, field.clear()).await;
        done(name, field.send_keys(text)).await;
    }

    /// Sets the field of that name where typing differs by locale: a date.
    pub async fn sets(&self, name: &str, value: &str) {
        let script = "document.querySelector(`[name='${arguments[0]}']`).value = arguments[1]";
        self.runs(name, script, vec![json!(name), json!(value)]).await;
    }

    /// Chooses a file of this machine in the field of that name.
    pub async fn attaches(&self, name: &str, file: &str) {
        let field = self.finds(&format!("input[name='{name}']")).await;
        done(name, field.send_keys(file)).await;
    }

    /// Chooses the option of that value in the list of that name.
    pub async fn chooses(&self, name: &str, value: &str) {
        let list = self.finds(&format!("select[name='{name}']")).await;
        done(name, list.select_by_value(value)).await;
    }

    /// Clicks the first element that fits. Not on a phone that runs no scripts: there the driver waits for ever for what a
    /// click set off, and [`presses`](Self::presses) does.
    pub async fn clicks(&self, css: &str) {
        let found = self.finds(css).await;
        done(css, found.click()).await;
    }

    /// Ticks a box or chooses a radio button, by keyboard: its label may lie over it.
    pub async fn ticks(&self, css: &str) {
        let found = self.finds(css).await;
        done(css, found.send_keys(" ")).await;
    }

    /// Presses a button by keyboard.
    pub async fn presses(&self, css: &str) {
        let found = self.finds(css).await;
        done(css, found.send_keys("\u{e007}")).await;
    }

    /// Waits until the page says these words, at most ten seconds, and gives its text.
    pub async fn shows(&self, words: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut last = String::new();
        while Instant::now() < deadline {
            // While a page gives way to the next one its elements are stale: look again.
            if let Ok(body) = within(words, self.client.find(Locator::Css("body"))).await
                && let Ok(text) = within(words, body.text()).await
            {
                if text.contains(words) {
                    return text;
                }
                last = text;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        panic!("the page never said {words}: {last}");
    }

    pub async fn source(&self) -> String {
        done("its source", self.client.source()).await
    }

    /// How far the page can be scrolled sideways, in CSS pixels.
    pub async fn overflow(&self) -> i64 {
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.runs("its width", script, Vec::new()).await.as_i64().unwrap_or_default()
    }

    /// Leaves a picture in `target/tmp/browser/`.
    pub async fn picture(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("browser");
        std::fs::create_dir_all(&folder).expect("a folder");
        let png = done(name, self.client.screenshot()).await;
        std::fs::write(folder.join(format!("{name}.png")), png).expect("kept");
    }

    /// The page as it would be printed on A4 with its own margins, kept as PDF.
    pub async fn pdf(&self, name: &str) -> Vec<u8> {
        use fantoccini::wd::{PrintConfiguration, PrintSize};
        let sheet = PrintConfiguration::builder().size(PrintSize::A4).build().expect("a sheet");
        let pdf = done(name, self.client.print(sheet)).await;
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("browser");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(format!("{name}.pdf")), &pdf).expect("kept");
        pdf
    }

    /// Where the browser is.
    pub async fn address(&self) -> String {
        done("an address", self.client.current_url()).await.to_string()
    }

    /// Sends a form as it stands, without the question a script would ask before.
    pub async fn sends(&self, css: &str) {
        let script = "document.querySelector(arguments[0]).submit()";
        self.runs(css, script, vec![json!(css)]).await;
    }

    pub async fn close(self) {
        within("the end", self.client.close()).await.expect("closed");
    }
}
