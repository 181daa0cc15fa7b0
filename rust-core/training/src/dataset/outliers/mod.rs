//! Pictures that lie apart in their class: the components of a clustering, for a person to look at and remove as
//! a whole (thesis, phase 1), and a distance that ranks single pictures.

mod clusters;
mod removal;

pub use clusters::{ClassOutliers, Component, Outlier, OutlierOptions, class_outliers};
pub use removal::{RemovalRule, minority_classes, minority_removals};
