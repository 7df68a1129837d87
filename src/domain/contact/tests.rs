use super::*;

#[test]
fn addresses_parse_and_mask() {
    for (text, address, masked) in [
        ("zhang@x.example", "zhang@x.example", "z***@x.example"),
        (" Zhang.San+ip@X.Example.CN ", "Zhang.San+ip@x.example.cn", "Z***@x.example.cn"),
        ("a@b.cn", "a@b.cn", "a***@b.cn"),
        ("ｚｈａｎｇ＠x．example", "zhang@x.example", "z***@x.example"),
        ("12345@qq.com", "12345@qq.com", "1***@qq.com"),
    ] {
        let email: Email = text.parse().unwrap();
        assert_eq!((email.as_str(), email.masked().as_str()), (address, masked));
    }
    assert_eq!("Zhang@X.cn".parse::<Email>().unwrap().key(), "zhang@x.cn");
}

#[test]
fn malformed_addresses_say_why() {
    let long_local = format!("{}@x.example", "a".repeat(65));
    let long = format!("a@{}.example", "b.".repeat(130));
    for (text, error) in [
        ("  ", EmailError::Empty),
        ("zhang.x.example", EmailError::At),
        ("zhang@x@y.example", EmailError::At),
        ("@x.example", EmailError::Local),
        ("zhang..san@x.example", EmailError::Local),
        (".zhang@x.example", EmailError::Local),
        ("zhang san@x.example", EmailError::Local),
        ("a\r\nBcc: b@x.example", EmailError::Local),
        ("张三@x.example", EmailError::Local),
        (&long_local, EmailError::Local),
        ("zhang@localhost", EmailError::Domain),
        ("zhang@-x.example", EmailError::Domain),
        ("zhang@x..example", EmailError::Domain),
        ("zhang@10.0.0.1", EmailError::Domain),
        ("zhang@例子.cn", EmailError::Domain),
        ("zhang@x.example>", EmailError::Domain),
        (&long, EmailError::TooLong),
    ] {
        assert_eq!(text.parse::<Email>(), Err(error), "{text}");
    }
}

#[test]
fn numbers_parse_and_mask() {
    for (text, number, masked, last_four) in [
        ("13800138000", "13800138000", "138****8000", "8000"),
        ("138 0013 8000", "13800138000", "138****8000", "8000"),
        ("138-0013-8000", "13800138000", "138****8000", "8000"),
        ("+86 138 0013 8000", "13800138000", "138****8000", "8000"),
        ("008613800138000", "13800138000", "138****8000", "8000"),
        ("１３８００１３８０００", "13800138000", "138****8000", "8000"),
        ("010-62771234", "010-62771234", "010-****1234", "1234"),
        ("01062771234", "010-62771234", "010-****1234", "1234"),
        ("(010) 6277 1234", "010-62771234", "010-****1234", "1234"),
        ("（010）62771234", "010-62771234", "010-****1234", "1234"),
        ("+86-10-62771234", "010-62771234", "010-****1234", "1234"),
        ("+86 (0)10 62771234", "010-62771234", "010-****1234", "1234"),
        ("+86 21 62771234", "021-62771234", "021-****1234", "1234"),
        ("010-62771234-801", "010-62771234-801", "010-****1234", "1234"),
        ("010-62771234 转 801", "010-62771234-801", "010-****1234", "1234"),
        ("01062771234分机801", "010-62771234-801", "010-****1234", "1234"),
        ("010-62771234 ext. 801", "010-62771234-801", "010-****1234", "1234"),
        ("0512-62771234", "0512-62771234", "0512-****1234", "1234"),
        ("0316-2771234", "0316-2771234", "0316-****1234", "1234"),
        ("400-810-1234", "400-810-1234", "400-****1234", "1234"),
        ("4008101234", "400-810-1234", "400-****1234", "1234"),
    ] {
        let phone: Phone = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((phone.as_str(), phone.masked().as_str(), phone.last_four()), (number, masked, last_four), "{text}");
        assert_eq!(phone.as_str().parse::<Phone>().unwrap(), phone, "the written form parses to itself");
        assert_eq!(phone.is_mobile(), number.starts_with("138"));
    }
}

#[test]
fn malformed_numbers_say_why() {
    for (text, error) in [
        ("", PhoneError::Empty),
        ("62771234", PhoneError::AreaCode),
        ("2771234", PhoneError::AreaCode),
        ("1380013800", PhoneError::Number),
        ("138001380000", PhoneError::Number),
        ("12800138000", PhoneError::Number),
        ("010-12345", PhoneError::Number),
        ("010-02771234", PhoneError::Number),
        ("+1 415 555 0100", PhoneError::Character('+')),
        ("13800138000a", PhoneError::Character('a')),
        ("010-62771234转前台", PhoneError::Character('前')),
        ("010-62771234-1234567", PhoneError::Number),
        ("13800138000转12", PhoneError::Number),
        ("张三", PhoneError::Character('张')),
    ] {
        assert_eq!(text.parse::<Phone>(), Err(error), "{text}");
    }
}

#[test]
fn names_keep_their_surname() {
    for (name, masked) in
        [("张三", "张*"), ("沈知行", "沈*"), ("欧阳明", "欧阳*"), ("欧阳", "欧*"), ("John Smith", "J*"), (" ", "")]
    {
        assert_eq!(masked_name(name), masked);
    }
}

#[test]
fn debug_text_and_json_are_safe() {
    let email: Email = "zhang@x.example".parse().unwrap();
    let phone: Phone = "13800138000".parse().unwrap();
    assert_eq!(format!("{email:?} {phone:?}"), "Email(z***@x.example) Phone(138****8000)");
    assert_eq!(serde_json::to_string(&(&email, &phone)).unwrap(), r#"["zhang@x.example","13800138000"]"#);
    assert!(serde_json::from_str::<Phone>("\"12\"").is_err());
}
