//! The VK connector in the loop that visits sources: what each of VK's errors changes, what becomes of
//! posts that we hold, the discussion boards, which token calls.

mod boards;
mod refresh;
mod refusals;
mod sweep;
mod tokens;

use otklik::domain::time::Span;

use super::Crawl;

impl Crawl {
    /// A visit, step by step to its end, whenever the next one is due.
    async fn reads(&self, code: &str) {
        for _ in 0..50 {
            self.step(code).await;
            if self.row(code).await.next_visit > self.clock.now().as_millis() {
                return;
            }
        }
    }

    /// A visit each ten minutes, so many times.
    async fn reads_often(&self, code: &str, times: u32) {
        for _ in 0..times {
            self.reads(code).await;
            self.clock.advance(Span::minutes(10));
        }
    }
}
