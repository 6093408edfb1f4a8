using System.Text.RegularExpressions;
using ControlPlane;

namespace Worker.Systems.Terraform;

/// <summary>
/// The table of errors of Terraform and its providers (docs/infrastructure-modules.md). The words of a provider decide
/// the class only; the sentence is ours. An unknown error of a provider is temporary: it is tried again a few times.
/// </summary>
public static partial class TerraformErrors
{
    /// <summary>Gives the error of a command that has failed.</summary>
    /// <param name="command">The command, such as <c>apply</c>.</param>
    /// <param name="exitCode">The exit code.</param>
    /// <param name="diagnostics">The reported errors.</param>
    public static TerraformException Create(
        string command, int exitCode, IReadOnlyList<TerraformDiagnostic> diagnostics)
    {
        if (exitCode is 124)
        {
            return new(ErrorClass.Connection, $"terraform {command} was interrupted: it took too long.");
        }

        if (exitCode > 125)
        {
            return new(ErrorClass.Temporary, $"terraform {command} was killed (exit code {exitCode}).");
        }

        if (diagnostics.Count == 0)
        {
            return new(ErrorClass.Temporary, $"terraform {command} failed without a reason (exit code {exitCode}).");
        }

        // A connection that is gone fails resources for other reasons too: it decides, then what refuses the plan.
        var classified = diagnostics.Select(diagnostic => (Kind: Classify(command, diagnostic), diagnostic)).ToList();
        var (kind, first) = classified.OrderBy(pair => pair.Kind.Class switch
        {
            ErrorClass.Connection => 0,
            ErrorClass.Content => 1,
            _ => 2,
        }).First();
        string where = first.Address is { } address ? $" at {address}" : "";
        return new(kind.Class, $"terraform {command} failed{where}: {kind.Reason}.")
        {
            RefusesCredentials = kind.RefusesCredentials,
        };
    }

    /// <summary>Gives the class of one error, and its kind in our words.</summary>
    public static (ErrorClass Class, string Reason, bool RefusesCredentials) Classify(
        string command, TerraformDiagnostic diagnostic)
    {
        string text = $"{diagnostic.Summary}\n{diagnostic.Detail}";
        return 0 switch
        {
            _ when Lock().IsMatch(text) => (ErrorClass.Connection, "another run holds the state", false),
            _ when State().IsMatch(text) => (ErrorClass.Connection, "the state could not be read or saved", false),
            _ when Stale().IsMatch(text) => (ErrorClass.Temporary, "the state has changed since the plan", false),
            _ when Interrupted().IsMatch(text) => (ErrorClass.Temporary, "it was interrupted", false),
            _ when Taken().IsMatch(text) => (ErrorClass.Content, "a name is taken by another owner", false),
            _ when Policy().IsMatch(text) => (ErrorClass.Content, "a policy refuses it", false),
            _ when Credentials().IsMatch(text) =>
                (ErrorClass.Connection, "the provider's credentials are refused", true),
            _ when Unreachable().IsMatch(text) => (ErrorClass.Connection, "the provider cannot be reached", false),
            _ when Busy().IsMatch(text) => (ErrorClass.Temporary, "the provider is busy or failed inside", false),
            _ when Missing().IsMatch(text) =>
                (ErrorClass.Connection, "a provider is not in TERRAFORM_PLUGIN_DIR", false),
            _ when Rejected().IsMatch(text) => (ErrorClass.Content, "the provider refuses the content", false),
            // Only a plan or `init` reads the configuration; an apply has passed that.
            _ when command != "apply" && Configuration().IsMatch(text) =>
                (ErrorClass.Content, "the module is invalid", false),
            _ => (ErrorClass.Temporary, "the provider reports an error", false),
        };
    }

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    [GeneratedRegex("error acquiring the state lock|already locked", Options)]
    private static partial Regex Lock();

    [GeneratedRegex(
        "failed to (save|persist|load|read) (the )?state|error (saving|loading|refreshing) state"
        + "|error releasing the state|failed to (get|configure|initialize) (the )?(existing workspaces|backend)"
        + "|pq: |error inspecting states",
        Options)]
    private static partial Regex State();

    [GeneratedRegex("saved plan is stale", Options)]
    private static partial Regex Stale();

    [GeneratedRegex("execution halted|operation cancell?ed|interrupted", Options)]
    private static partial Regex Interrupted();

    [GeneratedRegex(
        "BucketAlreadyExists|already exists - to be managed|AlreadyExistsException|EntityAlreadyExists"
        + "|NameAlreadyTaken|StorageAccountAlreadyTaken|OwnershipConflict", Options)]
    private static partial Regex Taken();

    [GeneratedRegex(
        "RequestDisallowedByPolicy|explicit deny|service control policy|check block assertion|precondition failed"
        + "|postcondition failed|invalid value for variable|instance cannot be destroyed", Options)]
    private static partial Regex Policy();

    [GeneratedRegex(
        @"StatusCode: 40[137]\b|\b(401|403)\b.*(unauthorized|forbidden)|InvalidAccessKeyId|SignatureDoesNotMatch"
        + "|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|AccessDenied|AuthorizationFailed|AuthFailure"
        + "|AADSTS|no valid credential|failed to refresh cached credentials|unable to build authorizer"
        + "|could not acquire access token|InvalidAuthenticationToken|LinkedAuthorizationFailed", Options)]
    private static partial Regex Credentials();

    [GeneratedRegex(
        @"connection refused|no such host|dial tcp|i/o timeout|TLS handshake|connection reset|unexpected EOF"
        + @"|context deadline exceeded|client\.timeout|network is unreachable|request send failed|x509:"
        + "|certificate (has expired|is not valid)|server misbehaving|no route to host|timeout while waiting", Options)]
    private static partial Regex Unreachable();

    [GeneratedRegex(
        @"StatusCode: (408|409|429|5\d\d)\b|Throttl|TooManyRequests|SlowDown|RequestLimitExceeded|ServiceUnavailable"
        + "|InternalError|InternalServerError|OperationAborted|RetryableError", Options)]
    private static partial Regex Busy();

    [GeneratedRegex(
        "failed to query available provider packages|failed to install provider|required plugins are not installed"
        + "|inconsistent dependency lock file|provider dependency changes|failed to load plugin schemas"
        + "|unrecognized remote plugin|failed to instantiate provider", Options)]
    private static partial Regex Missing();

    [GeneratedRegex(
        @"StatusCode: 4\d\d\b|\b(InvalidRequest|InvalidArgument|InvalidParameter|MalformedPolicy|InvalidBucketName"
        + "|ValidationError|QuotaExceeded|LimitExceeded|InvalidTemplate)", Options)]
    private static partial Regex Rejected();

    [GeneratedRegex(
        "^(unsupported|invalid|missing|duplicate|reference to undeclared|unknown|argument or block|incorrect|error in"
        + "|terraform encountered problems|unclosed|unresolvable|no value for required|module (not|source)|cycle"
        + "|attribute|inconsistent conditional|no configuration|failed to read module|unreadable|extraneous"
        + "|variables not allowed|call to|function)", Options)]
    private static partial Regex Configuration();
}
