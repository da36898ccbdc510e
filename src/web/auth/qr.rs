//! A text as a QR code in SVG, drawn here: the page loads nothing and no script runs.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

/// Modules of white around it, as the standard asks for.
const QUIET: i32 = 4;

/// A QR code.
pub(crate) struct Qr(QrCode);

impl Qr {
    /// None when the text is too long for any code.
    pub(crate) fn of(text: &str) -> Option<Self> {
        QrCode::encode_text(text, QrCodeEcc::Medium).ok().map(Self)
    }

    /// Width and height with the quiet zone, in modules.
    pub(crate) fn size(&self) -> i32 {
        self.0.size() + 2 * QUIET
    }

    /// The dark modules as one path: a run of each row is one stroke.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.0.size() {
            let mut x = 0;
            while x < self.0.size() {
                let run = (x..self.0.size())
                    .take_while(|x| self.0.get_module(*x, y))
                    .count() as i32;
                if run > 0 {
                    // writing to a String cannot fail
                    let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
                }
                x += run + 1;
            }
        }
        path
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_path_has_every_dark_module_and_no_other() {
        let qr = Qr::of("otpauth://totp/x?secret=AAAA").unwrap();
        let mut drawn = 0;
        for stroke in qr.path().split('M').skip(1) {
            let (_, rest) = stroke.split_once('h').unwrap();
            drawn += rest.split_once('v').unwrap().0.parse::<i32>().unwrap();
        }
        let (n, code) = (qr.0.size(), &qr.0);
        let dark = (0..n).flat_map(|y| (0..n).filter(move |x| code.get_module(*x, y)));
        assert_eq!(drawn, dark.count() as i32);
        assert!(Qr::of(&"x".repeat(5000)).is_none());
    }
}
