//! One loopback server: bound to a free port, served until the demo stops.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves `router` on loopback until `stop` is cancelled: at `port` if it is free, so that addresses
/// stay the same when the demo is started again, else at any port.
///
/// # Errors
/// When no port of 127.0.0.1 can be bound.
pub async fn serve(router: Router, port: u16, stop: &CancellationToken) -> Result<SocketAddr> {
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .context("the demo needs a free port of 127.0.0.1")?,
    };
    let address = listener.local_addr()?;
    let stopped = stop.clone().cancelled_owned();
    tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(stopped);
        if let Err(error) = served.await {
            tracing::warn!(%address, %error, "a demo server ended");
        }
    });
    Ok(address)
}
