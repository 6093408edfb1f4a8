using ControlPlane.Leads;
using ControlPlane.Security;
using ControlPlane.Tests.Security;

namespace ControlPlane.Tests.Leads;

public sealed class LeadTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly MailedTokens tokens = new(Ring.Of("k1"));

    private readonly Lead lead = Lead.Register(
        EmailAddress.Parse("admin@newcompany.com"), "John", "Doe", "New Company Inc", null, Now);

    private string Token => tokens.Create(MailedTokenKind.LeadValidation, lead.Id, lead.TokenGeneration);

    [Fact]
    public void A_token_can_be_used_repeatedly_and_the_first_verification_is_kept()
    {
        lead.Verify(Token, tokens, Now.AddMinutes(1));
        lead.Verify(Token, tokens, Now.AddMinutes(29));

        Assert.Equal(Now.AddMinutes(1), lead.VerifiedAt);
    }

    [Fact]
    public void The_token_expires_after_30_minutes() =>
        Assert.Equal(ErrorCode.TokenExpired, Refusal(Token, Now.AddMinutes(30)));

    [Fact]
    public void A_token_of_another_lead_has_its_own_error() => Assert.Equal(ErrorCode.TokenWrongLead,
        Refusal(tokens.Create(MailedTokenKind.LeadValidation, Guid.CreateVersion7(Now), 1), Now));

    [Fact]
    public void A_token_of_another_generation_or_kind_is_not_genuine()
    {
        Assert.Equal(ErrorCode.TokenInvalid,
            Refusal(tokens.Create(MailedTokenKind.LeadValidation, lead.Id, lead.TokenGeneration + 1), Now));
        Assert.Equal(ErrorCode.TokenInvalid,
            Refusal(tokens.Create(MailedTokenKind.Invitation, lead.Id, lead.TokenGeneration), Now));
    }

    private ErrorCode Refusal(string token, DateTimeOffset at) =>
        Assert.Throws<ControlPlaneException>(() => lead.Verify(token, tokens, at)).Code;
}
