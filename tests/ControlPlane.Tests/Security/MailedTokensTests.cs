using ControlPlane.Security;
using CsCheck;

namespace ControlPlane.Tests.Security;

public sealed class MailedTokensTests
{
    private static readonly MailedTokens Tokens = new(Ring.Of("k1"));

    [Fact]
    public void A_token_is_derived_so_a_repeated_mail_carries_the_same_one() => Gen.Guid.Sample(id =>
        Assert.Equal(
            Tokens.Create(MailedTokenKind.Invitation, id, 1), Tokens.Create(MailedTokenKind.Invitation, id, 1)));

    [Fact]
    public void A_token_is_valid_only_for_its_kind_id_and_generation() =>
        Gen.Select(Gen.Guid, Gen.Guid, Gen.Int[1, 1000]).Where((id, other, _) => id != other)
            .Sample((id, other, generation) =>
            {
                string token = Tokens.Create(MailedTokenKind.LeadValidation, id, generation);

                Assert.Equal(id, MailedTokens.ReadId(token));
                Assert.True(Tokens.IsGenuine(token, MailedTokenKind.LeadValidation, id, generation));
                Assert.False(Tokens.IsGenuine(token, MailedTokenKind.Invitation, id, generation));
                Assert.False(Tokens.IsGenuine(token, MailedTokenKind.LeadValidation, other, generation));
                Assert.False(Tokens.IsGenuine(token, MailedTokenKind.LeadValidation, id, generation + 1));
            });

    [Fact]
    public void A_token_of_a_replaced_key_is_valid_until_the_key_is_removed()
    {
        var id = new Guid("0197b0a1-0000-7000-8000-000000000001");
        string old = Tokens.Create(MailedTokenKind.Invitation, id, 1);

        Assert.True(new MailedTokens(Ring.Of("k2", "k1")).IsGenuine(old, MailedTokenKind.Invitation, id, 1));
        Assert.False(new MailedTokens(Ring.Of("k2")).IsGenuine(old, MailedTokenKind.Invitation, id, 1));
    }

    [Fact]
    public void A_token_with_any_character_changed_is_not_genuine() => Gen.Select(Gen.Guid, Gen.Int[0, 60], Gen.Char)
        .Sample((id, position, c) =>
        {
            char[] token = Tokens.Create(MailedTokenKind.Invitation, id, 1).ToCharArray();
            // The last character of base64url has unused bits.
            if (position >= token.Length - 1 || token[position] == c || token[position..].Length == 0)
            {
                return;
            }

            token[position] = c;
            string changed = new(token);
            Assert.False(MailedTokens.ReadId(changed) == id
                && Tokens.IsGenuine(changed, MailedTokenKind.Invitation, id, 1));
        });

    [Fact]
    public void Any_text_can_be_checked() => Gen.String.Sample(text =>
        Assert.False(Tokens.IsGenuine(text, MailedTokenKind.Invitation, Guid.Empty, 1)));
}
