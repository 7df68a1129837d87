use super::FirmMatch::{Different, Sure, Unsure};
use super::*;

fn check(cases: &[(&str, &str, FirmMatch)]) {
    let mut wrong = Vec::new();
    for (a, b, expected) in cases {
        let (there, back) = (same_firm(a, b), same_firm(b, a));
        if there != *expected || back != *expected {
            wrong.push(format!(
                "{a} / {b}: expected {expected:?}, got {there:?} and {back:?}; {:?} {:?}",
                FirmName::parse(a),
                FirmName::parse(b)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn spellings_branches_and_short_names_are_the_same_firm() {
    check(&[
        ("北京市金杜律师事务所", "北京市金杜律师事务所", Sure),
        ("北京市金杜律师事务所", "北京金杜律师事务所", Sure),
        ("北京市金杜律师事务所", "金杜律师事务所", Sure),
        ("北京市金杜律师事务所", "金杜律所", Sure),
        ("北京市金杜律师事务所", "金杜", Sure),
        ("北京市金杜律师事务所", "北京金杜", Sure),
        ("北京市金杜律师事务所", "金杜律师", Sure),
        ("北京市金杜律师事务所", " 北京 金杜 律师事务所 ", Sure),
        ("北京市金杜律师事务所", "北京市金杜律師事務所", Sure),
        ("北京市金杜律师事务所", "金杜律师事务所上海分所", Sure),
        ("北京市金杜律师事务所", "北京市金杜律师事务所上海分所", Sure),
        ("北京市金杜律师事务所", "北京市金杜（上海）律师事务所", Sure),
        ("北京市金杜律师事务所", "北京市金杜(上海)律师事务所", Sure),
        ("北京市金杜律师事务所", "北京市金杜上海律师事务所", Sure),
        ("北京市金杜律师事务所", "北京市金杜律师事务所（上海）", Sure),
        ("北京市金杜律师事务所", "北京市金杜律师事务所（上海分所）", Sure),
        ("北京市金杜律师事务所", "北京市金杜律师事务所上海", Sure),
        ("北京市金杜律师事务所", "北京市金杜律师事务所知识产权部", Sure),
        ("北京市金杜律师事务所", "金杜律师事务所（King & Wood Mallesons）", Sure),
        ("北京市金杜律师事务所", "金杜上海分所", Sure),
        ("北京匯智資產評估有限公司", "北京汇智资产评估有限公司", Sure),
        ("Keller & Partner 北京代表处", "Keller & Partner", Sure),
        ("Keller & Partner（上海）", "Keller & Partner", Sure),
        ("金杜律师事务所上海分所", "金杜律师事务所深圳分所", Sure),
        ("北京大成（上海）律师事务所", "北京大成（深圳）律师事务所", Sure),
        ("北京衡溪知识产权代理有限公司", "衡溪（北京）知识产权代理有限公司", Sure),
        ("北京衡溪知识产权代理有限公司", "衡溪知识产权代理（北京）有限公司", Sure),
        ("北京衡溪知识产权代理有限公司", "衡溪（北京）", Sure),
        ("北京衡溪知识产权代理有限公司", "衡溪北京知识产权代理有限公司", Sure),
        ("北京衡溪知识产权代理有限公司", "北京衡溪知识产权代理有限责任公司", Sure),
        ("北京衡溪知识产权代理有限公司", "衡溪知识产权", Sure),
        ("北京衡溪知识产权代理有限公司", "北京市海淀区衡溪知识产权代理有限公司", Sure),
        ("北京衡溪知识产权代理有限公司", "北京衡溪知识产权代理有限公司上海分公司", Sure),
        ("北京衡溪知识产权代理有限公司", "北京衡溪知识产权代理有限公司临港第二分公司", Sure),
        ("衡溪知识产权代理事务所（普通合伙）", "衡溪知识产权代理事务所", Sure),
        ("衡溪知识产权代理事务所（普通合伙", "衡溪知识产权代理事务所", Sure),
        ("衡溪知识产权代理事务所(特殊普通合伙)", "衡溪知识产权代理事务所普通合伙", Sure),
        ("澄观专利商标代理", "北京澄观专利商标代理有限公司", Sure),
        ("澄观专利商标代理", "澄观专利代理事务所", Sure),
        ("澄观专利商标代理", "澄观", Sure),
        ("云岫传感科技", "北京云岫传感科技有限公司", Sure),
        ("云岫传感", "北京云岫传感科技有限公司", Sure),
        ("云岫传感科技有限公司", "云岫传感科技股份有限公司", Sure),
        ("ＡＢＣ知识产权代理有限公司", "abc知识产权代理有限公司", Sure),
        ("北京大学", "北京大学法学院", Sure),
        ("北京市知识产权保护中心", "北京知识产权保护中心", Sure),
        ("King & Wood Mallesons", "King and Wood Mallesons LLP", Sure),
        ("King & Wood Mallesons", "KING & WOOD MALLESONS (Shanghai Office)", Sure),
        ("Acme Sensors Co., Ltd.", "acme sensors", Sure),
        ("Beijing Hengxi IP Agency Co., Ltd.", "Hengxi Intellectual Property Agency", Sure),
    ]);
}

#[test]
fn look_alikes_are_different_firms() {
    check(&[
        ("北京市金杜律师事务所", "北京市金社律师事务所", Different),
        ("北京市中伦律师事务所", "北京市中伦文德律师事务所", Different),
        ("中伦", "北京市中伦文德律师事务所", Different),
        ("衡溪知识产权代理有限公司", "衡汐知识产权代理有限公司", Different),
        ("衡溪知识产权代理有限公司", "新衡溪知识产权代理有限公司", Different),
        ("衡溪知识产权代理有限公司", "衡溪源知识产权代理有限公司", Different),
        ("北京知识产权代理有限公司", "上海知识产权代理有限公司", Different),
        ("启明律师事务所", "启明科技有限公司", Different),
        ("北京启明知识产权代理有限公司", "启明科技有限公司", Different),
        ("北京启明律师事务所", "上海启明专利代理有限公司", Different),
        ("北京大学", "上海大学", Different),
        ("北京大学", "北京工业大学", Different),
        ("北京市知识产权局", "上海市知识产权局", Different),
        ("北京市知识产权保护中心", "海淀知识产权保护中心", Different),
        ("King & Wood Mallesons", "King & Spalding", Different),
        ("自由执业", "自由执业", Different),
        ("", "", Different),
        ("无", "北京市金杜律师事务所", Different),
        ("个人", "个人", Different),
    ]);
}

#[test]
fn the_same_brand_elsewhere_or_in_a_neighbouring_trade_asks_a_person() {
    check(&[
        ("北京启明律师事务所", "上海启明律师事务所", Unsure),
        ("北京启明律师事务所", "启明（上海）律师事务所", Unsure),
        ("北京启明律师事务所", "上海启明", Unsure),
        ("北京启明律师事务所", "北京启明知识产权代理有限公司", Unsure),
        ("启明专利代理有限公司", "启明知识产权代理有限公司", Unsure),
        ("启明专利代理有限公司", "启明商标代理有限公司", Unsure),
        ("铂影测控技术有限公司", "铂影测控科技有限公司", Unsure),
        ("铂影", "铂影测控技术有限公司", Unsure),
        ("铂影测控技术有限公司", "铂影测控技术集团有限公司", Unsure),
        ("怀北测控研究所", "北京怀北测控研究所", Unsure),
        ("北京大学", "北京大学第三附属医院", Unsure),
        ("启明（上海）律师事务所", "启明（深圳）律师事务所", Unsure),
    ]);
}

/// Forms as letterheads, contracts and people's own entries have them; two cities without a seat ask a person.
#[test]
fn real_life_forms_of_one_firm() {
    check(&[
        ("北京市金杜律师事务所", "金杜律师事务所（上海）", Sure),
        ("北京市金杜律师事务所", "金杜律师事务所(上海分所)", Sure),
        ("北京市金杜律师事务所", "北京市金杜（深圳）律师事务所", Sure),
        ("北京市金杜律师事务所", "金杜 律师事务所 北京", Sure),
        ("北京市中伦律师事务所", "中伦律所", Sure),
        ("北京市中伦律师事务所", "中伦（上海）", Unsure),
        ("北京市君合律师事务所", "君合律师事务所上海分所", Sure),
        ("国浩律师（上海）事务所", "国浩律师（北京）事务所", Unsure),
        ("国浩律师（上海）事务所", "国浩律师事务所", Sure),
        ("某某知识产权代理有限公司", "某某知识产权代理（北京）有限公司", Sure),
        ("某某知识产权代理有限公司", "北京某某知识产权代理有限公司", Sure),
        ("某某知识产权代理有限公司", "某某知识产权代理有限责任公司", Sure),
        ("某某知识产权代理有限公司", "某某知识产权代理", Sure),
        ("北京三友知识产权代理有限公司", "三友知识产权", Sure),
        ("中科专利商标代理有限责任公司", "中科专利商标代理有限公司", Sure),
        ("上海专利商标事务所有限公司", "上海专利商标事务所", Sure),
        ("King & Wood Mallesons", "King & Wood Mallesons Lawyers", Sure),
        ("King & Wood Mallesons", "KING AND WOOD MALLESONS, Beijing Office", Sure),
        ("Lee & Li, Attorneys", "LEE AND LI ATTORNEYS", Sure),
        ("CCPIT Patent and Trademark Law Office", "CCPIT Patent & Trademark Law Office", Sure),
    ]);
}

#[test]
fn real_life_look_alikes() {
    check(&[
        ("中科专利商标代理有限责任公司", "中科商标设计有限公司", Different),
        ("北京市君合律师事务所", "北京市君泽君律师事务所", Different),
        ("北京市中伦律师事务所", "北京市中银律师事务所", Different),
        ("北京三友知识产权代理有限公司", "北京三聚阳光知识产权代理有限公司", Different),
        ("北京市天元律师事务所", "北京市天达律师事务所", Different),
        ("华为技术有限公司", "华伟技术有限公司", Different),
        ("King & Wood Mallesons", "King & Partners", Different),
        ("Lee & Li, Attorneys", "Lee & Ko", Different),
    ]);
}

#[test]
fn stored_text_is_shared_by_the_spellings_of_one_firm() {
    for (name, stored) in [
        ("北京市金杜律师事务所上海分所", "金杜律师"),
        ("金杜律所", "金杜律师"),
        ("衡溪（北京）知识产权代理有限公司", "衡溪代理"),
        ("北京云岫传感科技有限公司", "云岫传感科技"),
        ("北京市知识产权保护中心", "北京知识产权保护中心"),
        ("King & Wood Mallesons LLP", "king and wood mallesons"),
        ("自由执业", ""),
        ("", ""),
    ] {
        assert_eq!(normalised(name), stored, "{name}");
    }
}

#[test]
fn one_field_may_hold_several_names() {
    let names = FirmName::parse_list("澄观专利商标代理、北京市金杜律师事务所；无");
    assert_eq!(names.iter().map(FirmName::raw).collect::<Vec<_>>(), ["澄观专利商标代理", "北京市金杜律师事务所"]);
    assert!(FirmName::parse_list(" ").is_empty());
}

#[test]
fn every_legal_form_is_looked_for_where_it_begins() {
    for form in super::parse::LEGAL_FORMS {
        let first = form.chars().next().expect("a form");
        assert!(super::parse::LEGAL_FORMS_BEGIN.contains(&first), "{form} is never found");
    }
}
