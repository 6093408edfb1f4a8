namespace ControlPlane.Provisioning;

/// <summary>
/// The reason for a failed attempt in the product's words, for the customer: in the failure mail and over HTTP. The
/// text of an outside system, which may name hosts, databases and files, is for operators alone.
/// </summary>
/// <param name="Code">The stable code; <c>unexpected</c> for a code without a sentence of its own.</param>
/// <param name="Sentence">The reason.</param>
/// <param name="Advice">Whether the customer has to do something.</param>
public sealed record CustomerNotice(string Code, string Sentence, string Advice)
{
    private const string Wait =
        "You do not have to do anything: we look into it, and you get a mail as soon as your workspace is ready.";

    private const string RefusedSentence = "A system that your application needs refused to do its part.";

    private static readonly CustomerNotice Unexpected =
        new(FailureCode.Unexpected, "Something unexpected went wrong.", Wait);

    private static readonly Dictionary<string, CustomerNotice> Notices = new CustomerNotice[]
    {
        new(FailureCode.Unavailable, "A system that your application needs could not be reached.", Wait),
        new(FailureCode.Temporary, "A system that your application needs failed several times.", Wait),
        new(FailureCode.TimedOut, "A system that your application needs did not answer in time.", Wait),
        new(FailureCode.Refused, RefusedSentence, Wait),
        new(FailureCode.CredentialsRefused, RefusedSentence, Wait),
        new(FailureCode.Of(ErrorCode.Forbidden), RefusedSentence, Wait),
        new(FailureCode.Of(ErrorCode.OwnershipConflict), "A name that your application needs is in use already.",
            "You do not have to do anything now. We write to you if your workspace needs another short name."),
        new(FailureCode.Of(ErrorCode.NotConfigured), "A system that your application needs is not set up yet.", Wait),
        new(FailureCode.Of(ErrorCode.NotImplemented), "A part that your application needs does not exist yet.", Wait),
        new(ProvisioningFailure.CancelledCode, "The provisioning was cancelled.",
            "You do not have to do anything. Ask us if you did not expect this."),
        new(ProvisioningFailure.RunLostCode, "The provisioning was interrupted.", Wait),
    }.ToDictionary(notice => notice.Code);

    /// <summary>Gets the notice for an error code; a general one for a code without its own.</summary>
    public static CustomerNotice Of(string? code) => Notices.GetValueOrDefault(code ?? "", Unexpected);
}
