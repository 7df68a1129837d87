//! `zhipai eval relevance` as scripts meet it: exit codes, the two files it writes, and clear words for bad files.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use zhipai::cli::eval::collection::read;
use zhipai::cli::eval::floor::Floors;
use zhipai::cli::eval::scored::score;

const EXPERTS: &str = concat!(
    r#"{"id":"甲","name":"甲","firm":"北京云开知识产权代理有限公司","region":"海淀区","services":["application"],"bio":"半导体专利撰写","modes":["online"]}"#,
    "\n",
    r#"{"id":"乙","name":"乙","firm":"北京明德律师事务所（上海）","region":"110105","services":["知识产权纠纷应对指导服务"],"bio":"专利诉讼","qualifications":["律师执业证",{"type":"专利代理师"}]}"#,
    "\n",
    r#"{"id":"丙","services":["dispute"],"standing":"removed"}"#,
    "\n",
    r#"{"id":"丁","services":["dispute"],"on_leave":true,"industries":null}"#,
    "\n",
    r#"{"id":"戊","services":["dispute"],"qualification_expired":true}"#,
    "\n"
);
const NEEDS: &str = concat!(
    "\u{feff}",
    r#"{"id":"n1","title":"收到专利侵权警告函","mode":"online","class":"formal","services":["dispute"],"colour":"red"}"#,
    "\r\n",
    r#"{"id":"n2","title":"碳化硅器件申请专利","opposing_agent":"明德律所上海分所","mode":null}"#,
    "\n\n"
);
const JUDGMENTS: &str =
    "need_id\texpert_id\tgrade\nn1\t乙\t3\nn1\t丙\t-1\nn1\t丁\t-1\nn1\t戊\t-1\nn2\t甲\t3\nn2\t乙\t-1\n";

/// A collection on disk.
struct Files(PathBuf);

impl Files {
    fn of(experts: &str, needs: &str, judgments: &str) -> Self {
        let mut name = [0_u8; 8];
        a_name(&mut name);
        let folder = std::env::temp_dir().join(format!("zhipai-eval-{}", u64::from_le_bytes(name)));
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, text) in [("e.jsonl", experts), ("n.jsonl", needs), ("j.tsv", judgments)] {
            std::fs::write(folder.join(name), text).expect("a file");
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Exit code, what it printed, what it complained of.
    fn eval(&self, more: &[&str]) -> (i32, String, String) {
        let path = |name: &str| self.path(name).display().to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_zhipai"));
        command.args(["--lang", "en", "eval", "relevance"]);
        command.args(["--experts", &path("e.jsonl"), "--needs", &path("n.jsonl"), "--judgments", &path("j.tsv")]);
        let output = command.args(more).output().expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code().expect("a code"), text(output.stdout), text(output.stderr))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Folders of tests that run side by side must differ.
fn a_name(name: &mut [u8; 8]) {
    use std::hash::BuildHasher;
    let hash = std::hash::RandomState::new().hash_one(std::thread::current().id());
    name.copy_from_slice(&hash.to_le_bytes());
}

fn lines(file: &Path) -> Vec<String> {
    std::fs::read_to_string(file).expect("written").lines().map(str::to_owned).collect()
}

#[test]
fn a_collection_is_scored_and_both_files_are_written() {
    let files = Files::of(EXPERTS, NEEDS, JUDGMENTS);
    let (run, suggest) = (files.path("run.tsv"), files.path("suggest.tsv"));
    let more = ["--run", run.to_str().expect("text"), "--suggest", suggest.to_str().expect("text"), "--format", "json"];
    let (code, printed, complaints) = files.eval(&more);
    assert_eq!((code, complaints.as_str()), (0, ""));
    let report: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    assert_eq!(report["overall"]["exclusion_violations"], 0, "{printed}");
    assert_eq!(report["overall"]["to_exclude"], 4);
    assert_eq!(report["overall"]["ndcg_at_10"], 1.0, "{printed}");
    assert_eq!(report["classes"]["formal"]["needs"], 1);
    let returned = lines(&run);
    assert!(returned[0].starts_with("n1\t乙\t") && returned[1].starts_with("n1\t甲\t"), "{returned:?}");
    assert!(returned[2].starts_with("n2\t甲\t") && returned.len() == 3, "nobody barred comes up: {returned:?}");
    assert!(lines(&suggest)[0].starts_with("n1\tdispute\t0."), "{:?}", lines(&suggest));
    let (code, printed, _) = files.eval(&[]);
    assert_eq!(code, 0);
    assert!(printed.contains("5 experts, 2 needs, 6 judgments") && printed.contains("0/4"), "{printed}");
}

#[test]
fn a_missed_floor_names_the_needs() {
    let files = Files::of(EXPERTS, NEEDS, &JUDGMENTS.replace("n1\t乙\t3", "n1\t甲\t3"));
    let floors = files.path("floor.toml");
    std::fs::write(&floors, "[overall]\nndcg_at_10 = 0.9\n[class.formal]\nmrr = 1.0\n[class.terse]\n").expect("a file");
    let (code, printed, complaints) = files.eval(&["--floors", floors.to_str().expect("text")]);
    assert_eq!(code, 1);
    assert!(printed.contains("nDCG@10"), "the figures are printed all the same: {printed}");
    for told in ["overall: nDCG@10 is 0.8155", "n1 (0.631)", "formal: MRR is 0.5000", "terse: no need of this class"] {
        assert!(complaints.contains(told), "{told}: {complaints}");
    }
    std::fs::write(&floors, "[overal]\nndcg_at_10 = 0.9\n").expect("a file");
    let (code, _, complaints) = files.eval(&["--floors", floors.to_str().expect("text")]);
    assert!(code == 1 && complaints.contains("floor.toml") && complaints.contains("overal"), "{complaints}");
}

#[test]
fn bad_files_are_told_with_file_and_line() {
    let second = |line: &str| format!("{{\"id\":\"x\"}}\n{line}\n");
    let judged = |line: &str| format!("need_id\texpert_id\tgrade\n{line}\n");
    let cases: [(String, String, String, &str); 14] = [
        (second("{"), NEEDS.into(), JUDGMENTS.into(), "e.jsonl:2: not JSON"),
        (second("[]"), NEEDS.into(), JUDGMENTS.into(), "e.jsonl:2: expected one JSON object a line"),
        (second(r#"{"name":"甲"}"#), NEEDS.into(), JUDGMENTS.into(), "e.jsonl:2: id: missing"),
        (second(r#"{"id":"x"}"#), NEEDS.into(), JUDGMENTS.into(), "e.jsonl:2: id x occurs twice"),
        (
            second(r#"{"id":"y","on_leave":"later"}"#),
            NEEDS.into(),
            JUDGMENTS.into(),
            "e.jsonl:2: on_leave: expected true",
        ),
        (second(r#"{"id":"y","lat":"north"}"#), NEEDS.into(), JUDGMENTS.into(), "e.jsonl:2: lat: expected a number"),
        (EXPERTS.into(), second(r#"{"id":"y","title":["t"]}"#), JUDGMENTS.into(), "n.jsonl:2: title: expected text"),
        (
            EXPERTS.into(),
            second(r#"{"id":"y","services":{"a":1}}"#),
            JUDGMENTS.into(),
            "n.jsonl:2: services: expected a list",
        ),
        (EXPERTS.into(), String::new(), JUDGMENTS.into(), "n.jsonl: holds no line"),
        (EXPERTS.into(), NEEDS.into(), judged("n1 乙 3"), "j.tsv:2: expected need_id, expert_id and grade"),
        (EXPERTS.into(), NEEDS.into(), judged("n1\t乙\t4"), "j.tsv:2: grade: expected -1, 0, 1, 2 or 3"),
        (EXPERTS.into(), NEEDS.into(), judged("n1\t己\t3"), "j.tsv:2: expert 己 is in no line"),
        (EXPERTS.into(), NEEDS.into(), judged("n9\t乙\t3"), "j.tsv:2: need n9 is in no line"),
        (EXPERTS.into(), NEEDS.into(), judged("n1\t乙\t3\nn1\t乙\t2"), "j.tsv:3: judged twice"),
    ];
    for (experts, needs, judgments, told) in cases {
        let files = Files::of(&experts, &needs, &judgments);
        let (code, printed, complaints) = files.eval(&[]);
        assert_eq!(code, 1, "{told}");
        assert!(printed.is_empty() && complaints.contains(told), "{told}: {complaints}");
    }
    let files = Files::of(EXPERTS, NEEDS, JUDGMENTS);
    assert_eq!(files.eval(&["--format", "xml"]).0, 2, "bad usage");
    assert_eq!(files.eval(&["--run", "/nowhere/at/all.tsv"]).0, 1);
    std::fs::remove_file(files.path("e.jsonl")).expect("removed");
    let (code, _, complaints) = files.eval(&[]);
    assert!(code == 1 && complaints.contains("e.jsonl: No such file"), "{complaints}");
}

#[test]
fn what_the_office_does_not_know_is_left_out_and_said() {
    let experts = format!(
        "{EXPERTS}{}\n",
        r#"{"id":"己","services":["星际导航"],"region":"火星","standing":"云游","modes":["心电感应"],"lat":200,"lon":0,"qualifications":[{"type":"a","valid_until":"昨天"}]}"#
    );
    let files = Files::of(&experts, NEEDS, JUDGMENTS);
    let (code, _, complaints) = files.eval(&[]);
    assert_eq!(code, 0);
    for told in ["星际导航", "火星", "云游", "心电感应", "昨天", "no point on the map"] {
        assert!(complaints.contains(told), "{told}: {complaints}");
    }
    assert!(complaints.lines().all(|line| line.contains("e.jsonl:6: ")), "{complaints}");
}

/// Our own collection, and the same by another hand: no change may let a figure fall below its floor.
#[test]
fn our_own_collections_stay_above_their_floors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("index/relevance");
    for folder in [root.clone(), root.join("other-city")] {
        let now = "2026-05-12T02:00:00Z".parse().expect("an instant");
        let at = |name: &str| folder.join(name);
        let collection =
            read(&at("experts.jsonl"), &at("needs.jsonl"), &at("judgments.tsv"), now).expect("a collection");
        let floors = std::fs::read_to_string(at("floor.toml")).expect("floors");
        let fallen = Floors::read(&floors).expect("floors").fallen(&score(&collection, now));
        assert!(fallen.is_empty(), "{}:\n{}", folder.display(), fallen.join("\n"));
    }
}
