namespace Functions.Invitations;

/// <summary>Invitations of a tenant's admin user.</summary>
public static class InvitationsFunctions
{
    [Function("AcceptInvitation")]
    public static Task AcceptAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "invitations/accept")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("ReadInvitation")]
    public static Task ReadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "invitations/read")] HttpRequest request) =>
        request.AnswerAsync();

    [Function("RenewInvitation")]
    public static Task RenewAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "tenants/{id:guid}/invitations")]
        HttpRequest request) =>
        request.AnswerAsync();
}
