namespace Functions.Pages;

/// <summary>The two pages that mails link to, and their files.</summary>
public static class PagesFunctions
{
    [Function("InvitationPage")]
    public static Task InvitationAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "invitations")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("PageFile")]
    public static Task FileAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "pages/{file}")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("VerifyPage")]
    public static Task VerifyAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "verify")] HttpRequest request) =>
        request.AnswerAsync();
}
