use super::super::fixture::{labels, predictions};
use super::super::{Evaluation, EvaluationOptions, worst_mistakes};
use super::{Report, demo, render};

fn small() -> Report {
    let (labels, predictions) = (labels(), predictions());
    let options = EvaluationOptions::default();
    Report {
        model_name: "m01".to_owned(),
        data_description: "twelve pictures".to_owned(),
        facts: Vec::new(),
        evaluation: Evaluation::compute(&labels, &predictions, &options).unwrap(),
        history: Vec::new(),
        history_step: "epoch",
        mistakes: worst_mistakes(&labels, &predictions, 10).unwrap(),
    }
}

/// Every opened element is closed, in order: what a browser would otherwise guess at.
#[track_caller]
pub(crate) fn assert_balanced(html: &str) {
    const VOID: [&str; 3] = ["meta", "img", "!DOCTYPE"];
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("every tag ends");
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} are not closed");
}

#[test]
fn a_whole_report_can_be_written() {
    let html = render(&demo::report());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    std::fs::write(&path, &html).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), html);
    assert_balanced(&html);
    for heading in [
        "Confusion matrix",
        "Classes",
        "Operating points",
        "Reliability",
        "Risk and coverage",
        "Loss by epoch",
        "Validation by epoch",
        "Worst mistakes",
        "All metrics by class",
    ] {
        assert!(html.contains(&format!("<h2>{heading}</h2>")), "{heading}");
    }
    assert!(html.contains("chosen threshold 0."));
    assert!(html.contains("95&nbsp;% confidence intervals"));
    assert!(html.contains("<bdi>selfies/صورة") || html.contains("<bdi>cameraPhotos/صورة"));
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    let html = render(&demo::report());
    for needle in ["<script", "<link", "http://", "https://", "@import", "url(", "//"] {
        // Base64 may hold slashes.
        let found = html.lines().find(|line| line.contains(needle) && !line.contains("base64"));
        assert_eq!(found, None, "{needle}");
    }
    assert!(html.contains("default-src 'none'"));
    assert!(!html.contains("NaN") && !html.contains(">inf"));
}

#[test]
fn what_is_not_given_is_left_out() {
    let mut report = small();
    report.mistakes.clear();
    let html = render(&report);
    assert_balanced(&html);
    for heading in ["Worst mistakes", "Loss by epoch", "chosen threshold"] {
        assert!(!html.contains(heading), "{heading}");
    }
    assert!(html.contains("neither true nor predicted in this set"));
}

#[test]
fn all_text_is_escaped() {
    const EVIL: &str = "<script>alert('x')</script>\"&";
    let mut labels = labels();
    labels.classes[0] = format!("{EVIL}0");
    labels.groups = vec![format!("{EVIL}1"), format!("{EVIL}2")];
    let mut predictions = predictions();
    predictions[2].id = format!("{EVIL}3.jpg");
    let options = EvaluationOptions::default();
    let mut report = small();
    report.evaluation = Evaluation::compute(&labels, &predictions, &options).unwrap();
    report.mistakes = worst_mistakes(&labels, &predictions, 10).unwrap();
    report.mistakes[0].thumbnail = Some(format!("{EVIL}4"));
    report.model_name = format!("{EVIL}5");
    report.data_description = format!("{EVIL}6");
    report.facts = vec![(format!("{EVIL}7"), format!("{EVIL}8"))];
    let html = render(&report);
    assert!(!html.contains("<script") && !html.contains("alert('"));
    assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;3.jpg"));
    assert_balanced(&html);
}

#[test]
fn harmful_mistakes_come_first_in_any_order_given() {
    let mut report = small();
    report.mistakes.reverse();
    let html = render(&report);
    let harmful = html.find(">harmful<").unwrap();
    assert!(harmful < html.find("p10.jpg").unwrap());
    assert_eq!(html.matches("no preview").count(), 5);
}

#[test]
fn one_picture_renders() {
    let mut report = small();
    report.evaluation =
        Evaluation::compute(&labels(), &predictions()[..1], &EvaluationOptions::default()).unwrap();
    report.mistakes.clear();
    let html = render(&report);
    assert_balanced(&html);
    assert!(!html.contains("NaN"));
    assert!(!html.contains("<h2>Operating points</h2>"));
}
