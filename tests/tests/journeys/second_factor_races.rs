//! The second factor under two hundred parallel guesses.

use futures::future::try_join_all;
use souk_testkit::Result;
use souk_tests::Market;

use crate::second_factor::{Owner, login, wrong_code_of};

#[tokio::test]
async fn two_hundred_parallel_sign_ins_with_one_code_open_one_session() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let code = owner.lasting_code(&market).await?;
    let clients = (0..200).map(|_| market.anonymous()).collect::<Result<Vec<_>>>()?;
    let answers = try_join_all(clients.iter().map(|client| login(client, &owner.account, Some(&code)))).await?;
    let (accepted, rejected): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    assert_eq!(accepted.len(), 1, "one session is opened");
    // Most of them exceed the limit on sign-ins per account before their code is checked.
    let (limited, wrong): (Vec<_>, Vec<_>) = rejected.into_iter().partition(|answer| answer.status == 429);
    assert!(!wrong.is_empty(), "no request reached the check of the code");
    for refusal in wrong {
        refusal.refused_with("wrong_second_factor", 401)?;
    }
    for refusal in limited {
        refusal.refused_with("rate_limited", 429)?;
    }
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_uses_of_one_code_succeed_once_without_a_lock() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let code = owner.lasting_code(&market).await?;
    let answers = try_join_all((0..200).map(|_| owner.renew(&code))).await?;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for refusal in answers.into_iter().filter(|answer| answer.status != 200) {
        refusal.refused_with("wrong_code", 422)?;
    }
    owner.renew(&owner.fresh_code(&market).await?).await?.succeeded()?;
    Ok(())
}

#[tokio::test]
async fn two_hundred_parallel_wrong_guesses_lock_the_factor_after_five() -> Result {
    let market = Market::open()?;
    let owner = Owner::seller(&market).await?;
    let wrong = wrong_code_of(&owner.app);
    let answers = try_join_all((0..200).map(|_| owner.renew(&wrong))).await?;
    assert_eq!(answers.iter().filter(|answer| answer.code() == Some("wrong_code")).count(), 4);
    for locked in answers.into_iter().filter(|answer| answer.code() != Some("wrong_code")) {
        locked.refused_with("code_locked", 429)?;
    }
    Ok(())
}
