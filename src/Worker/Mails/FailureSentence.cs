using ControlPlane;
using ControlPlane.Provisioning;
using Worker.Systems;

namespace Worker.Mails;

/// <summary>
/// The sentences of the failure mail, one for each error code. The text of an outside system, which may name hosts,
/// databases and files, is for operators alone.
/// </summary>
public static class FailureSentence
{
    private const string Unexpected = "Something unexpected went wrong.";

    private static readonly Dictionary<string, string> Sentences = new()
    {
        [Failures.Unavailable] = "A system that your application needs could not be reached.",
        [Failures.Temporary] = "A system that your application needs failed several times.",
        [Failures.TimedOut] = "A system that your application needs did not answer in time.",
        [Failures.Refused] = "A system that your application needs refused to do its part.",
        [Failures.CredentialsRefused] = "A system that your application needs refused to do its part.",
        [Failures.CodeOf(ErrorCode.Forbidden)] = "A system that your application needs refused to do its part.",
        [Failures.CodeOf(ErrorCode.OwnershipConflict)] = "A name that your application needs is in use already.",
        [Failures.CodeOf(ErrorCode.NotConfigured)] = "A system that your application needs is not set up yet.",
        [Failures.CodeOf(ErrorCode.NotImplemented)] = "A part that your application needs does not exist yet.",
        [ProvisioningFailure.CancelledCode] = "The provisioning was cancelled.",
        [ProvisioningFailure.RunLostCode] = "The provisioning was interrupted.",
    };

    /// <summary>Gets the sentence for an error code; a general one for a code without its own.</summary>
    public static string Of(string? code) => Sentences.GetValueOrDefault(code ?? "", Unexpected);
}
