//! Place names that firms carry in front of, behind or inside their names.
//!
//! Provinces, municipalities and the larger cities, without those that are everyday words (大同, 日照, 长治), which a
//! brand may well begin with. Districts are recognised by 区 or 县 behind a city.

const PLACES: &[&str] = &[
    "北京",
    "上海",
    "天津",
    "重庆",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "台湾",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "石家庄",
    "唐山",
    "保定",
    "廊坊",
    "雄安",
    "太原",
    "呼和浩特",
    "包头",
    "沈阳",
    "大连",
    "鞍山",
    "长春",
    "哈尔滨",
    "南京",
    "无锡",
    "徐州",
    "常州",
    "苏州",
    "南通",
    "连云港",
    "淮安",
    "盐城",
    "扬州",
    "镇江",
    "泰州",
    "宿迁",
    "杭州",
    "宁波",
    "温州",
    "嘉兴",
    "湖州",
    "绍兴",
    "义乌",
    "台州",
    "合肥",
    "芜湖",
    "蚌埠",
    "福州",
    "厦门",
    "泉州",
    "漳州",
    "南昌",
    "赣州",
    "济南",
    "青岛",
    "淄博",
    "烟台",
    "潍坊",
    "威海",
    "临沂",
    "郑州",
    "洛阳",
    "武汉",
    "宜昌",
    "襄阳",
    "长沙",
    "株洲",
    "湘潭",
    "广州",
    "深圳",
    "珠海",
    "汕头",
    "佛山",
    "惠州",
    "东莞",
    "江门",
    "湛江",
    "中山",
    "南宁",
    "桂林",
    "柳州",
    "海口",
    "三亚",
    "成都",
    "绵阳",
    "德阳",
    "贵阳",
    "遵义",
    "昆明",
    "拉萨",
    "西安",
    "咸阳",
    "宝鸡",
    "兰州",
    "西宁",
    "银川",
    "乌鲁木齐",
    "昆山",
];

/// Beijing's districts and the parts of other cities that branches are often named after.
const DISTRICTS: &[&str] = &[
    "东城",
    "西城",
    "朝阳",
    "丰台",
    "石景山",
    "海淀",
    "门头沟",
    "房山",
    "通州",
    "顺义",
    "昌平",
    "大兴",
    "怀柔",
    "平谷",
    "密云",
    "延庆",
    "经济技术开发",
    "浦东新",
    "浦东",
    "黄浦",
    "徐汇",
    "滨海新",
    "天河",
    "南山",
    "福田",
    "工业园",
];

const RANKS: &[&str] = &["壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "省", "市"];

/// The place a text begins with, without 省 or 市, and what follows it.
fn one_in_front(text: &str) -> Option<(&'static str, &str)> {
    let mut found: Option<(&'static str, &str)> = None;
    for place in PLACES {
        if let Some(rest) = text.strip_prefix(place)
            && found.is_none_or(|(best, _)| place.len() > best.len())
        {
            found = Some((place, rest));
        }
    }
    let (place, rest) = found?;
    for rank in RANKS {
        if let Some(rest) = rest.strip_prefix(rank) {
            return Some((place, rest));
        }
    }
    Some((place, rest))
}

/// Strips the place or places a name begins with (`北京市海淀区…`, `江苏省苏州市…`) if at least `keep` characters
/// stay. The narrowest city stands for them all; districts are dropped.
pub(super) fn strip_in_front(text: &str, keep: usize) -> (Option<&'static str>, &str) {
    let mut place = None;
    let mut rest = text;
    while let Some((next, after)) = one_in_front(rest) {
        if after.chars().count() < keep {
            break;
        }
        place = Some(next);
        rest = after;
    }
    if place.is_some() {
        rest = strip_district(rest, keep);
    }
    (place, rest)
}

/// Strips `海淀区` or `密云县`; only behind a city, for 开发区 or 园区 may begin a brand otherwise.
fn strip_district(text: &str, keep: usize) -> &str {
    for district in DISTRICTS {
        if let Some(after) = text.strip_prefix(district)
            && let Some(rest) = after.strip_prefix(['区', '县'])
            && rest.chars().count() >= keep
        {
            return rest;
        }
    }
    text
}

/// Strips the place a name ends with, if at least `keep` characters stay before it.
pub(super) fn strip_behind(text: &str, keep: usize) -> (Option<&'static str>, &str) {
    let bare = text.strip_suffix(['市', '省']).unwrap_or(text);
    let mut found: Option<(&'static str, &str)> = None;
    for place in PLACES {
        if let Some(rest) = bare.strip_suffix(place)
            && rest.chars().count() >= keep
            && found.is_none_or(|(best, _)| place.len() > best.len())
        {
            found = Some((place, rest));
        }
    }
    match found {
        Some((place, rest)) => (Some(place), rest),
        None => (None, text),
    }
}

/// The whole text is a place, with or without its rank and district: 上海, 上海市, 北京市海淀区, 海淀区.
pub(super) fn whole(text: &str) -> Option<&'static str> {
    for district in DISTRICTS {
        if text.strip_prefix(district).is_some_and(|rest| matches!(rest, "" | "区" | "县")) {
            return Some(district);
        }
    }
    let (place, rest) = strip_in_front(text, 0);
    if rest.is_empty() { place } else { None }
}
