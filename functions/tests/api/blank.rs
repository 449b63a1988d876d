//! Two places define which characters count as blank: the API's code and the patterns of openapi.yaml.

use std::ops::RangeInclusive;

use serde_json::json;
use shared::tasks::BLANK;
use testing::{concurrently, openapi};

use crate::{create, path, start};

/// The character ranges in a schema's pattern. The pattern requires one visible character between `^[^\0]*` and
/// `[^\0]*$`.
fn ranges(schema: &str) -> Vec<RangeInclusive<char>> {
    let pattern = openapi::document()["components"]["schemas"][schema]["pattern"].as_str().unwrap();
    let class = pattern.split("*[^").nth(1).and_then(|rest| rest.split(']').next()).unwrap();
    let class: Vec<_> = class.chars().collect();
    let mut ranges = Vec::new();
    let mut rest = class.as_slice();
    while let [first, more @ ..] = rest {
        let (last, more) = if let ['-', last, more @ ..] = more { (last, more) } else { (first, more) };
        ranges.push(*first..=*last);
        rest = more;
    }
    ranges
}

#[test]
fn openapi_has_the_ranges_that_the_code_has() {
    assert_eq!(ranges("Title"), BLANK);
    assert_eq!(ranges("Tag"), [BLANK.as_slice(), &[','..=',']].concat());
}

#[tokio::test]
async fn at_the_borders_of_the_blank_ranges_the_api_and_openapi_agree() {
    let api = start().await;
    let alice = api.user("alice");
    let task = path(&create(&alice, "x").await);
    let schemas = &openapi::document()["components"]["schemas"];
    let [title, tag] = ["Title", "Tag"].map(|name| openapi::validator(openapi::document(), &schemas[name]));

    let ends = ranges("Title").into_iter().flat_map(|range| [(*range.start(), *range.end())]);
    let probes = ends.flat_map(|(first, last)| {
        let neighbours = [u32::from(first).checked_sub(1), u32::from(last).checked_add(1)];
        [Some(first), Some(last)].into_iter().chain(neighbours.map(|neighbour| neighbour.and_then(char::from_u32)))
    });
    let probes: Vec<_> = probes.flatten().map(String::from).collect();
    let patches = probes.iter().flat_map(|text| [json!({ "title": text }), json!({ "tags": [text] })]);
    let answers = concurrently(2, patches.map(|body| alice.patch(&task).json(body).send())).await;

    for (text, answers) in probes.iter().zip(answers.chunks(2)) {
        assert_eq!(answers[0].status == 200, title.is_valid(&json!(text)), "{text:?}: {:?}", answers[0]);
        assert_eq!(answers[1].status == 200, tag.is_valid(&json!(text)), "{text:?}: {:?}", answers[1]);
    }
    let refused = answers.iter().filter(|answer| answer.status == 400).count();
    assert!(refused > probes.len() / 2 && answers.len() - refused > probes.len() / 2, "{refused}");
}
