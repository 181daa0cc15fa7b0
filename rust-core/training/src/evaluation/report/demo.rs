//! A made-up but plausible evaluation, to see a whole report.

use crate::evaluation::report::Report;
use crate::evaluation::{
    EpochStats, Evaluation, EvaluationOptions, LabelSet, Prediction, RateEstimate,
    choose_threshold, group_scores, softmax_with_temperature, worst_mistakes,
};

/// A grey square.
const THUMBNAIL: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mOoBwAAgQCA7ZJ2wAAAAABJRU5ErkJggg==";

/// Name, group, pictures, and the class that it is most often taken for.
const CLASSES: [(&str, usize, usize, usize); 10] = [
    ("selfies", 0, 310, 1),
    ("cameraPhotos", 0, 420, 8),
    ("fmemes", 1, 260, 3),
    ("ememes", 1, 240, 2),
    ("fSocialMedia", 1, 150, 5),
    ("eSocialMedia", 1, 170, 4),
    ("fTxtMssgs", 1, 130, 5),
    ("eGreetingAndMisc", 1, 90, 3),
    ("academicPhotos", 1, 160, 9),
    ("academicDigital", 1, 140, 8),
];

struct Lehmer(u64);

impl Lehmer {
    fn unit(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 0x7FFF_FFFF;
        self.0 as f64 / 2_147_483_647.0
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

fn labels() -> LabelSet {
    LabelSet {
        classes: CLASSES.iter().map(|class| class.0.to_owned()).collect(),
        groups: vec!["personal".to_owned(), "irrelevant".to_owned()],
        class_to_group: CLASSES.iter().map(|class| class.1).collect(),
        fallback_group: 0,
    }
}

fn predict(random: &mut Lehmer, labels: &LabelSet, truth: usize, id: String) -> Prediction {
    let logits: Vec<f32> = (0..CLASSES.len())
        .map(|class| {
            let mean = match class {
                _ if class == truth => 5.2,
                _ if class == CLASSES[truth].3 => 2.2,
                _ => 0.0,
            };
            (mean + 1.35 * random.normal()) as f32
        })
        .collect();
    let probabilities = softmax_with_temperature(&logits, 0.55);
    let predicted = (0..CLASSES.len())
        .max_by(|a, b| probabilities[*a].total_cmp(&probabilities[*b]))
        .unwrap_or(0);
    let abstained = probabilities[predicted] < 0.6;
    let group = if abstained { labels.fallback_group } else { labels.class_to_group[predicted] };
    Prediction { id, truth, predicted, probabilities, abstained, group }
}

/// Some 2,000 pictures of ten classes, with Arabic file names among them.
pub(crate) fn report() -> Report {
    let labels = labels();
    let mut random = Lehmer(20_240_607);
    let mut predictions = Vec::new();
    for (truth, class) in CLASSES.iter().enumerate() {
        for number in 0..class.2 {
            let id = if number % 3 == 0 {
                format!("{}/صورة واتساب {number:04}.jpg", class.0)
            } else {
                format!("{}/IMG_{number:04}.jpg", class.0)
            };
            predictions.push(predict(&mut random, &labels, truth, id));
        }
    }
    let valid = "the made-up predictions are valid";
    let scores = group_scores(&labels, &predictions).expect(valid);
    let bound = RateEstimate::UpperBound { confidence: 0.95 };
    let options = EvaluationOptions {
        chosen_threshold: choose_threshold(&scores, 0.01, bound).expect(valid).threshold,
        ..EvaluationOptions::default()
    };
    let evaluation = Evaluation::compute(&labels, &predictions, &options).expect(valid);
    let mut mistakes = worst_mistakes(&labels, &predictions, 12).expect(valid);
    for mistake in mistakes.iter_mut().skip(1) {
        mistake.thumbnail = Some(THUMBNAIL.to_owned());
    }
    Report {
        model_name: "EPIC m02.3 · colours and faces".to_owned(),
        data_description: "Made-up test split of ten classes, held out by source page.".to_owned(),
        facts: vec![
            ("Taxonomy".to_owned(), "epic10".to_owned()),
            ("Recipe".to_owned(), "m02.3".to_owned()),
            ("معرض".to_owned(), "صور الهاتف (نسخة 2)".to_owned()),
        ],
        evaluation,
        history: history(&mut random),
        history_step: "epoch",
        mistakes,
    }
}

fn history(random: &mut Lehmer) -> Vec<EpochStats> {
    (1..=30)
        .map(|epoch| {
            let x = epoch as f64;
            let noise = 0.012 * random.normal();
            let val_loss = 0.42 + 1.7 * (-x / 4.0).exp() + 0.006 * x + noise;
            let accuracy = 0.93 - 0.6 * (-x / 4.0).exp() - noise / 2.0;
            EpochStats {
                epoch,
                train_loss: 0.08 + 2.0 * (-x / 5.0).exp(),
                val_loss: Some(val_loss),
                val_accuracy: Some(accuracy),
                val_macro_f1: Some(accuracy - 0.03 + noise / 3.0),
            }
        })
        .collect()
}
