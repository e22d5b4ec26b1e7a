//! Logging in and out, and changing the password.

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    web::{Data, Form, Query},
};
use askama::Template;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::{
    app::{Caller, ClientAddress, Credentials, Error, Hub},
    web::{
        cookies,
        faults::{self, Fault, go, page},
    },
};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    name: &'a str,
    demo: bool,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    hint: String,
    fault: Option<String>,
}

#[derive(Deserialize)]
pub(in crate::web) struct LogIn {
    login: String,
    password: SecretString,
}

#[derive(Deserialize)]
pub(in crate::web) struct ChangePassword {
    current_password: SecretString,
    new_password: SecretString,
    again: SecretString,
}

#[derive(Deserialize)]
pub(in crate::web) struct Next {
    next: Option<String>,
}

/// Asks for login and password.
pub(in crate::web) async fn ask(hub: Data<Hub>) -> Result<HttpResponse, Fault> {
    ask_again(&hub, None)
}

fn ask_again(hub: &Hub, fault: Option<String>) -> Result<HttpResponse, Fault> {
    let options = &hub.config().hub;
    page(&LoginPage {
        name: &options.name,
        demo: options.demo,
        fault,
    })
}

/// Logs in.
pub(in crate::web) async fn log_in(
    hub: Data<Hub>,
    request: HttpRequest,
    form: Form<LogIn>,
) -> Result<HttpResponse, Fault> {
    let LogIn { login, password } = form.into_inner();
    let credentials = Credentials {
        login,
        password,
        unit: None,
    };
    let address = request
        .extensions()
        .get::<ClientAddress>()
        .map(|client| client.0);
    match hub.log_in(credentials, address).await {
        Ok(tokens) => {
            let mut response = go("/inbox");
            cookies::keep(&hub, &mut response, &tokens);
            Ok(response)
        }
        Err(error @ (Error::LoginFailed | Error::TooMany(_))) => {
            ask_again(&hub, Some(error.to_string()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Gets the next pair of tokens and goes back to where the visitor wanted to be.
pub(in crate::web) async fn renew(
    hub: Data<Hub>,
    request: HttpRequest,
    query: Query<Next>,
) -> Result<HttpResponse, Fault> {
    let next = query.into_inner().next;
    // Only a path of this hub: neither a host nor a scheme.
    let next = next.filter(|next| next.starts_with('/') && !next.starts_with("//"));
    let next = next.filter(|next| !next.contains(['\\', '\r', '\n']));
    let Some(token) = cookies::refresh_token(&request) else {
        return Ok(go("/login"));
    };
    match hub.refresh(&SecretString::from(token)).await {
        Ok(tokens) => {
            let mut response = go(next.as_deref().unwrap_or("/inbox"));
            cookies::keep(&hub, &mut response, &tokens);
            Ok(response)
        }
        Err(Error::Unauthenticated) => {
            let mut response = go("/login");
            cookies::forget(&hub, &mut response);
            Ok(response)
        }
        Err(error) => Err(error.into()),
    }
}

/// Logs out.
pub(in crate::web) async fn log_out(
    hub: Data<Hub>,
    caller: Option<Caller>,
) -> Result<HttpResponse, Fault> {
    if let Some(caller) = caller {
        hub.log_out(&caller).await?;
    }
    let mut response = go("/login");
    cookies::forget(&hub, &mut response);
    Ok(response)
}

/// Asks for the present and the new password.
pub(in crate::web) async fn ask_password(
    hub: Data<Hub>,
    caller: Option<Caller>,
) -> Result<HttpResponse, Fault> {
    caller.ok_or(Error::Unauthenticated)?;
    ask_password_again(&hub, None)
}

fn ask_password_again(hub: &Hub, fault: Option<String>) -> Result<HttpResponse, Fault> {
    let least = hub.config().auth.password_min_chars;
    let hint = format!("新密码至少 {least} 位，可用一句话；不能含登录名或姓名。修改后须重新登录。");
    page(&PasswordPage { hint, fault })
}

/// Changes the password; the visitor logs in again with it.
pub(in crate::web) async fn change_password(
    hub: Data<Hub>,
    caller: Option<Caller>,
    form: Form<ChangePassword>,
) -> Result<HttpResponse, Fault> {
    let caller = caller.ok_or(Error::Unauthenticated)?;
    let form = form.into_inner();
    if form.new_password.expose_secret() != form.again.expose_secret() {
        return ask_password_again(&hub, Some("两次输入的新密码不一致".to_owned()));
    }
    match hub
        .change_password(&caller, &form.current_password, &form.new_password)
        .await
    {
        Ok(()) => {
            let mut response = go("/login");
            cookies::forget(&hub, &mut response);
            Ok(response)
        }
        Err(error @ Error::Invalid(_)) => ask_password_again(&hub, Some(faults::sentence(&error))),
        Err(error) => Err(error.into()),
    }
}
