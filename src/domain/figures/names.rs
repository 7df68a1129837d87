//! Texts by their place, so that a fact is a few numbers.

use std::collections::HashMap;

/// Texts kept once, each with its place.
#[derive(Debug, Default)]
pub struct Places {
    texts: Vec<String>,
    places: HashMap<String, u32>,
}

impl Places {
    /// The place of a text; a new one for a new text.
    pub fn place(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    /// The place of a text that is known.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        self.places.get(text).copied()
    }

    /// The text at a place; empty when there is none.
    #[must_use]
    pub fn text(&self, place: u32) -> &str {
        self.texts.get(place as usize).map_or("", String::as_str)
    }
}

/// What the places of facts stand for.
#[derive(Debug, Default)]
pub struct Names {
    /// Codes of regions.
    pub regions: Places,
    /// Ids of stations.
    pub stations: Places,
    /// Ids of experts.
    pub experts: Places,
    /// Names of firms.
    pub firms: Places,
    /// Ids of enterprises.
    pub enterprises: Places,
}
