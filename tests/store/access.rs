use wenshu::{
    domain::{DocumentFilter, DocumentId},
    store::Basis,
};

use crate::world::{World, at};

#[tokio::test]
async fn many_units_are_let_in_at_once_and_earlier_reasons_stand() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let draft = world.draft(&mut tx).await.id;
    let units = [
        (world.government, Basis::Copy),
        (world.court, Basis::Main),
        (world.procuratorate, Basis::Copy),
    ];
    tx.access().grant_all(draft, &units, at(30)).await.unwrap();
    tx.access().grant_all(draft, &[], at(40)).await.unwrap();
    let mut viewers = tx.access().viewers(draft).await.unwrap();
    viewers.sort_unstable();
    let mut expected = units.map(|(unit, _)| unit);
    expected.sort_unstable();
    assert_eq!(viewers, expected);
    tx.access().revoke(draft, Basis::Copy).await.unwrap();
    for (unit, stays) in [
        (world.government, true),
        (world.court, true),
        (world.procuratorate, false),
    ] {
        assert_eq!(tx.access().allows(unit, draft).await.unwrap(), stays);
    }
}

#[tokio::test]
async fn an_earlier_reason_to_see_a_document_stands() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let draft = world.draft(&mut tx).await.id;
    let court = world.court;
    assert!(!tx.access().allows(court, draft).await.unwrap());
    for (basis, since) in [(Basis::Joint, at(10)), (Basis::Copy, at(20))] {
        tx.access().grant(court, draft, basis, since).await.unwrap();
        assert!(tx.access().allows(court, draft).await.unwrap());
        let page = tx
            .documents()
            .list_for(court, &DocumentFilter::default(), 9)
            .await
            .unwrap();
        assert_eq!(page[0].since, at(10));
    }
    tx.access().revoke(draft, Basis::Copy).await.unwrap();
    assert!(
        tx.access().allows(court, draft).await.unwrap(),
        "it sees it as a joint issuer"
    );
    tx.access().revoke(draft, Basis::Joint).await.unwrap();
    assert!(!tx.access().allows(court, draft).await.unwrap());
}

#[tokio::test]
async fn what_is_revoked_is_one_reason_of_one_document() {
    let world = World::new().await;
    let mut tx = world.write().await;
    let (first, second) = (world.draft(&mut tx).await.id, world.draft(&mut tx).await.id);
    for document in [first, second] {
        for unit in [world.court, world.procuratorate] {
            tx.access()
                .grant(unit, document, Basis::Joint, at(1))
                .await
                .unwrap();
        }
    }
    tx.access().revoke(first, Basis::Joint).await.unwrap();
    let mut viewers = tx.access().viewers(second).await.unwrap();
    viewers.sort();
    assert_eq!(
        tx.access().viewers(first).await.unwrap(),
        [world.government]
    );
    assert_eq!(
        viewers,
        [world.government, world.court, world.procuratorate]
    );
    assert!(
        tx.access()
            .viewers(DocumentId::fresh())
            .await
            .unwrap()
            .is_empty()
    );
}
