namespace Functions.Leads;

/// <summary>Sign-up, and the proof of the address.</summary>
public static class LeadsFunctions
{
    [Function("RegisterLead")]
    public static Task RegisterAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "leads")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("GetSignUpChallenge")]
    public static Task GetChallengeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "leads/challenge")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("ResendLeadVerification")]
    public static Task ResendAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "leads/{id:guid}/resend")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("VerifyLead")]
    public static Task VerifyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "leads/{id:guid}/verify")] HttpRequest request) =>
        request.AnswerAsync();
}
