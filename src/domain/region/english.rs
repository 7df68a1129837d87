//! The regions' leading industries in English, for pages read in English; the Chinese name is the one that is kept.

const NAMES: [(&str, &str); 48] = [
    ("金融业", "Finance"),
    ("数字经济", "Digital economy"),
    ("文化产业", "Culture"),
    ("医药健康", "Pharmaceuticals and health"),
    ("新一代信息技术", "Next-generation IT"),
    ("金融科技", "Fintech"),
    ("文化创意", "Creative industries"),
    ("人工智能", "Artificial intelligence"),
    ("大数据", "Big data"),
    ("区块链", "Blockchain"),
    ("工业互联网", "Industrial internet"),
    ("影视创作", "Film and television"),
    ("汽车文化", "Car culture"),
    ("创意设计", "Creative design"),
    ("生物医药", "Biomedicine"),
    ("新材料", "New materials"),
    ("低空经济", "Low-altitude economy"),
    ("高端装备制造", "High-end equipment"),
    ("科幻产业", "Science fiction"),
    ("超高清数字视听", "Ultra-HD audio and video"),
    ("心血管领域医疗器械", "Cardiovascular devices"),
    ("绿色能源", "Green energy"),
    ("智慧物流", "Smart logistics"),
    ("先进制造", "Advanced manufacturing"),
    ("现代种业", "Modern seeds"),
    ("网络安全", "Cybersecurity"),
    ("元宇宙", "Metaverse"),
    ("数据要素", "Data as an asset"),
    ("第三代半导体", "Third-generation semiconductors"),
    ("智能制造", "Smart manufacturing"),
    ("先进能源", "Advanced energy"),
    ("合成生物制造", "Synthetic biology"),
    ("机器人", "Robotics"),
    ("信息服务", "Information services"),
    ("软件开发", "Software"),
    ("高端科学仪器装备", "Scientific instruments"),
    ("传感器", "Sensors"),
    ("生命健康", "Life and health"),
    ("农业", "Agriculture"),
    ("直播电商", "Livestream commerce"),
    ("生态环保", "Environmental protection"),
    ("电子信息", "Electronics and information"),
    ("特色农业", "Specialty agriculture"),
    ("无人机", "Drones"),
    ("旅游文创", "Tourism and culture"),
    ("高端汽车和新能源汽车", "Premium and new energy vehicles"),
    ("生物技术和大健康", "Biotechnology and health"),
    ("机器人和智能制造", "Robotics and smart manufacturing"),
];

/// The English name of a shipped industry; none for what somebody wrote.
#[must_use]
pub fn industry_en(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(zh, _)| *zh == name).map(|(_, en)| *en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_industry_has_an_english_name_of_its_own() {
        for name in crate::domain::region::industries() {
            assert!(industry_en(name).is_some(), "{name}");
        }
        let mut names: Vec<&str> = NAMES.iter().map(|(_, en)| *en).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
        assert_eq!(industry_en("精密仪器"), None);
    }
}
