//! The doorways of acts on one thing that differ in nothing but what they are asked with and the
//! one call that each is.

/// Declares doorways, of acts on what `$id` names, that show it afterwards. A body is read as
/// one type and described as another where it may be left out.
macro_rules! acts {
    ($tag:literal, $what:literal, $id:ident => $view:ty, $shows:ident;
     $($(#[$doc:meta])* $name:ident, $path:literal, $body:ty as $described:ty,
       |$work:ident, $one:ident, $asked:pat_param| $call:expr;)+) => {$(
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = $tag, security(("bearer" = [])),
            params(("id" = Uuid, Path, description = $what)),
            request_body = $described, responses((status = 200, body = $view), Refusals))]
        pub(super) async fn $name(
            hub: Data<Hub>,
            caller: Caller,
            id: Path<Uuid>,
            key: RepeatKey,
            body: Body<$body>,
        ) -> Result<HttpResponse, Problem> {
            let $one = $id(*id);
            let $asked = body.value;
            key.once(&hub, caller, body.fingerprint, async |$work| {
                let done = $call.await?;
                $shows($work, done).await
            })
            .await
        }
    )+};
}

pub(super) use acts;
