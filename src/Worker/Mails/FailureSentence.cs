using ControlPlane;
using ControlPlane.Provisioning;
using Worker.Systems;

namespace Worker.Mails;

/// <summary>
/// What the customer is told of a failure: a sentence of ours for each code. What a system said, with its names of
/// hosts, databases and files, is the operator's.
/// </summary>
public static class FailureSentence
{
    private const string Unexpected = "Something unexpected went wrong.";

    private static readonly Dictionary<string, string> Sentences = new()
    {
        [Failures.Unavailable] = "A system that your application needs could not be reached.",
        [Failures.TimedOut] = "A system that your application needs did not answer in time.",
        [Failures.Refused] = "A system that your application needs refused to do its part.",
        [Failures.CredentialsRefused] = "A system that your application needs refused to do its part.",
        [Failures.CodeOf(ErrorCode.Forbidden)] = "A system that your application needs refused to do its part.",
        [Failures.CodeOf(ErrorCode.OwnershipConflict)] = "A name that your application needs is in use already.",
        [Failures.CodeOf(ErrorCode.NotConfigured)] = "A system that your application needs is not set up yet.",
        [Failures.CodeOf(ErrorCode.NotImplemented)] = "A part that your application needs does not exist yet.",
        [ProvisioningFailure.Cancelling] = "The provisioning was cancelled.",
        [ProvisioningFailure.Lost] = "The provisioning was interrupted.",
    };

    public static string Of(string? code) => Sentences.GetValueOrDefault(code ?? "", Unexpected);
}
