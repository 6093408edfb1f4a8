namespace ControlPlane.Provisioning;

/// <summary>The codes of failed tries and attempts, in rows, histories and answers.</summary>
public static class FailureCode
{
    public const string Unavailable = "unavailable", Temporary = "temporary", Refused = "refused",
        TimedOut = "timeout", Unexpected = "unexpected", RollbackIncomplete = "rollback_incomplete",
        CredentialsRefused = "credentials_refused";

    /// <summary>The code of a violated rule: its name in snake case, as in HTTP answers.</summary>
    public static string Of(ErrorCode code) =>
        string.Concat(code.ToString().Select((c, i) =>
            char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
