//! The widget of the state feedback platform (ПОС) on a site: what a body must show by law, as far as
//! its pages tell.

use serde::{Deserialize, Serialize};

use super::post::coded;

coded! {
    /// What a page shows of the widget.
    WidgetVerdict {
        /// The widget is called with the number of a form.
        Present = "present",
        /// Its script or its place is there, and no number of a form: it may not open.
        Partial = "partial",
        /// Only a link to the platform.
        LinkOnly = "link_only",
        /// Nothing of it in the page's markup. A script may still load it: a person looks.
        Absent = "absent",
    }
}

/// What was found on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widget {
    /// The verdict.
    pub verdict: WidgetVerdict,
    /// The number of the form that the widget opens.
    pub form: Option<i64>,
}
