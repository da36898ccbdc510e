//! Connections: how many at once, and how long a caller may take. axum's own `serve` waits for ever for
//! a head that comes a byte a minute; a few hundred such callers would shut everybody out. Start with
//! [`serve`].

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    BoxError, Router,
    body::{Body, Bytes, HttpBody},
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt, service_fn};

/// What a caller may use up.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the head of a request, and between two requests.
    pub head: Duration,
    /// For the rest of it and for making the answer.
    pub request: Duration,
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(20),
            request: Duration::from_secs(60),
            connections: 1024,
        }
    }
}

/// When the system has no more handles: until some are given back.
const OUT_OF_HANDLES: Duration = Duration::from_millis(200);

/// Serves until `stop` is cancelled, then for at most `grace` while answers are finished.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    stop: CancellationToken,
    grace: Duration,
) {
    let places = Arc::new(Semaphore::new(patience.connections));
    let finishing = GracefulShutdown::new();
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head);
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((place, stream, peer)) = accepted else {
            continue;
        };
        let service = service(router.clone(), peer, patience.request);
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let connection = finishing.watch(connection.into_owned());
        tokio::spawn(async move {
            // A caller who breaks off, or speaks no HTTP, is nobody's error.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    let _ = timeout(grace, finishing.shutdown()).await;
}

type Accepted = (OwnedSemaphorePermit, TcpStream, SocketAddr);

/// The next connection, once there is a place for it; none when the system refuses one.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Accepted> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((place, stream, peer)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            sleep(OUT_OF_HANDLES).await;
            None
        }
    }
}

/// The router for one caller.
fn service<B>(
    router: Router,
    peer: SocketAddr,
    patience: Duration,
) -> TowerToHyperService<
    impl Service<Request<B>, Response = Response, Error = Infallible, Future: Send> + Clone + Send,
>
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    TowerToHyperService::new(service_fn(move |request: Request<B>| {
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let answered = timeout(patience, router.oneshot(request)).await;
            answered.unwrap_or_else(|_| Ok(too_slow()))
        }
    }))
}

fn too_slow() -> Response {
    let words = "The request did not come to its end in time. Send it again.\n";
    let close = [(header::CONNECTION, "close")];
    (StatusCode::REQUEST_TIMEOUT, close, words).into_response()
}
