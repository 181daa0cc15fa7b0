//! The record as it is stored: a change here is a new [`super::METADATA_VERSION`].

use super::geometry::Rect;
use super::record::*;
use super::{COLUMNS, MetadataRow, Value};

fn record() -> ImageMetadata {
    let words = |words: &[&str]| -> WordList {
        words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>().into()
    };
    let line = |script, text: &str, block| TextLine {
        quad: Rect { x: 8.0, y: 16.0, width: 64.0, height: 20.0 }.to_quad(),
        script,
        text: text.to_owned(),
        score: if text.is_empty() { 0.0 } else { 0.75 },
        block,
        line: block,
    };
    ImageMetadata {
        version: METADATA_VERSION,
        width: 400,
        height: 200,
        colors: Some(ColorMetadata {
            dominant: vec![
                DominantColor { rgb: [255, 255, 255], ratio: 0.75 },
                DominantColor { rgb: [18, 52, 86], ratio: 0.25 },
            ],
        }),
        faces: Some(FaceMetadata {
            faces: vec![Face {
                rect: Rect { x: 100.0, y: 50.0, width: 40.0, height: 50.0 },
                score: 0.875,
            }],
            area_ratio: 0.025,
        }),
        text: Some(TextMetadata {
            area_ratio: 0.5,
            line_count: 3,
            block_count: 2,
            unread_boxes: 1,
            english: EnglishText {
                boxes: 1,
                original: words(&["Goodmorning", "12"]),
                lemmatized: words(&["goodmorning", "12"]),
                segmented_and_lemmatized: words(&["good", "morning", "12"]),
                words_including_separators: 3,
                mean_score: Some(0.75),
            },
            arabic: ArabicText {
                boxes: 1,
                original: words(&["صباح", "الخير"]),
                lemmatized: words(&["صباح", "خير"]),
                words_including_separators: 2,
                mean_score: Some(0.75),
            },
            math_symbol_count: 2,
            partial: false,
            lines: vec![
                line(Script::Latin, "Goodmorning, 12", 0),
                line(Script::Arabic, "صباح الخير", 1),
                line(Script::Unread, "", 1),
            ],
        }),
    }
}

const QUAD: &str = r#"{"corners":[{"x":8.0,"y":16.0},{"x":72.0,"y":16.0},{"x":72.0,"y":36.0},{"x":8.0,"y":36.0}]}"#;

#[test]
fn the_record_is_stored_like_this() {
    let expected = [
        r#"{"version":1,"width":400,"height":200,"#,
        r#""colors":{"dominant":[{"rgb":[255,255,255],"ratio":0.75},{"rgb":[18,52,86],"ratio":0.25}]},"#,
        r#""faces":{"faces":[{"rect":{"x":100.0,"y":50.0,"width":40.0,"height":50.0},"score":0.875}],"area_ratio":0.025},"#,
        r#""text":{"area_ratio":0.5,"line_count":3,"block_count":2,"unread_boxes":1,"#,
        r#""english":{"boxes":1,"original":{"count":2,"words":["Goodmorning","12"]},"#,
        r#""lemmatized":{"count":2,"words":["goodmorning","12"]},"#,
        r#""segmented_and_lemmatized":{"count":3,"words":["good","morning","12"]},"#,
        r#""words_including_separators":3,"mean_score":0.75},"#,
        r#""arabic":{"boxes":1,"original":{"count":2,"words":["صباح","الخير"]},"#,
        r#""lemmatized":{"count":2,"words":["صباح","خير"]},"#,
        r#""words_including_separators":2,"mean_score":0.75},"#,
        r#""math_symbol_count":2,"partial":false,"lines":["#,
        &format!(r#"{{"quad":{QUAD},"script":"latin","text":"Goodmorning, 12","score":0.75,"block":0,"line":0}},"#),
        &format!(r#"{{"quad":{QUAD},"script":"arabic","text":"صباح الخير","score":0.75,"block":1,"line":1}},"#),
        &format!(r#"{{"quad":{QUAD},"script":"unread","text":"","score":0.0,"block":1,"line":1}}]}}}}"#),
    ]
    .concat();
    assert_eq!(serde_json::to_string(&record()).unwrap(), expected);
    let back: ImageMetadata = serde_json::from_str(&expected).unwrap();
    assert_eq!(back, record());
}

#[test]
fn the_row_has_the_columns_of_the_thesis() {
    let record = record();
    let row = MetadataRow {
        file_name: "a.jpg",
        relative_path: "cards/a.jpg",
        metadata: Some(&record),
        class: Some("cards"),
    };
    let cell = |value: &Value| match value {
        Value::Absent => "-".to_owned(),
        Value::Count(count) => count.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text.clone(),
    };
    let cells: Vec<String> = row.values().iter().map(cell).collect();
    let lines: Vec<String> =
        COLUMNS.iter().zip(cells).map(|(name, cell)| format!("{name}={cell}")).collect();
    assert_eq!(
        lines.join("\n"),
        "file_name=a.jpg\nrelative_path=cards/a.jpg\naspect_ratio=2\narea=80000\nwidth=400\n\
         height=200\ndominant_color_1=#ffffff\ncolor_to_image_ratio_1=0.75\n\
         dominant_color_2=#123456\ncolor_to_image_ratio_2=0.25\ndominant_color_3=-\n\
         color_to_image_ratio_3=0\ndominant_color_4=-\ncolor_to_image_ratio_4=0\n\
         dominant_color_5=-\ncolor_to_image_ratio_5=0\ntotal_faces_count=1\n\
         faces_to_image_ratio=0.025\ntext_to_image_ratio=0.5\nlines_per_text_block=1.5\n\
         total_lines_of_text_count=3\ntext_blocks_count=2\ntotal_en_boxes=1\ntotal_ar_boxes=1\n\
         en_words_original=Goodmorning 12\nar_words_original=صباح الخير\n\
         en_words_lemmatized=goodmorning 12\nen_words_segmented_and_lemmatized=good morning 12\n\
         ar_words_lemmatized=صباح خير\nen_words_including_separators=3\n\
         ar_words_including_separators=2\nen_words_to_boxes=2\nar_words_to_boxes=2\n\
         en_avg_score=0.75\nar_avg_score=0.75\nmath_digits_or_symbols_count=2\nclass=cards"
    );
}

#[test]
fn apps_get_no_words_unless_they_ask() {
    let stored = serde_json::to_string(&record().without_words()).unwrap();
    for word in ["orning", "صباح", "quad"] {
        assert!(!stored.contains(word), "{stored}");
    }
    assert!(stored.contains(r#""original":{"count":2,"words":null}"#));
}
