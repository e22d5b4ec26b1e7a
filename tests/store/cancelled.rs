//! Work that is broken off at any moment, as when a client hangs up, harms nobody else.

use std::time::Duration;

use crate::world::World;

#[tokio::test]
async fn work_that_is_broken_off_while_it_begins_harms_nobody() {
    let world = World::new().await;
    for turn in 0..400 {
        let patience = Duration::from_micros(turn % 100 * 20);
        if turn % 2 == 0 {
            let _ = tokio::time::timeout(patience, world.store.read()).await;
        } else {
            let _ = tokio::time::timeout(patience, world.store.write()).await;
        }
        let mut tx = world.write().await;
        let value = turn.to_string();
        tx.facts().set("broken-off", &value).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.read().await;
        let found = tx.facts().find("broken-off").await.unwrap();
        assert_eq!(found, Some(value));
    }
}
