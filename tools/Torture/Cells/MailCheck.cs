using Torture.Environments;
using static Torture.Cells.Expectation;

namespace Torture.Cells;

/// <summary>How many mails of each kind a cell's customer has got, and what the one about a failure says.</summary>
internal static class MailCheck
{
    private const string Welcome = "tenant-welcome", Failure = "tenant-provisioning-failed";

    /// <summary>What an answer, an exception, a path or a trace has and a sentence for a customer has not.</summary>
    private static readonly string[] InternalTerms = ["answered", "Exception", "/", "\n"];

    private const string Fields = "error, failedStep, firstName, supportEmail, tenantId, tenantName";

    /// <summary>Of an attempt that was rolled back. Without Novu there is none, also not later.</summary>
    public static int ExpectedFailureMails(CellRun run) => run.Cell.SwitchedOffSystem == "novu" ? 0 : 1;

    /// <summary>As many as these, now and at the end of all cells.</summary>
    public static async Task ExpectCountsAsync(CellRun run, int welcome, int failures)
    {
        // The failure's mail has a workflow of its own, which may end later.
        var limit = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(20);
        while ((await ReadMailsAsync(run))[Failure].Count() < failures && TimeProvider.System.GetUtcNow() < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, run.CancellationToken);
        }

        run.Mails = (welcome, failures);
        await RecheckCountsAsync(run);
    }

    /// <summary>Nothing has come since.</summary>
    public static async Task RecheckCountsAsync(CellRun run)
    {
        var mails = await ReadMailsAsync(run);
        Expect("welcome mails", run.Mails.Welcome, mails[Welcome].Count(), null);
        Expect("failure mails", run.Mails.Failures, mails[Failure].Count(), null);
    }

    /// <summary>The failure's mail says which step failed, as a code and a sentence.</summary>
    public static async Task CheckContentAsync(CellRun run, Progress progress)
    {
        foreach (var mail in (await ReadMailsAsync(run))[Failure])
        {
            string Of(string field) => $"{mail.Payload[field]}";
            Expect("fields of the failure mail", Fields, Listed(mail.Payload.Select(field => field.Key)), progress);
            Expect("tenantId of the failure mail", run.Tenant.Id, Of("tenantId"), progress);
            Expect("failedStep of the failure mail", progress.FailedStep, Of("failedStep"), progress);
            Expect("code in the failure mail", progress.ErrorCode, Of("error").Split(": ")[0], progress);
            // The operator's words name systems, paths and objects; the customer gets a sentence that names none.
            Expect("systems' own words in the failure mail", "",
                Listed(InternalTerms.Append(run.Tenant.Key).Where(word =>
                    Of("error").Contains(word, StringComparison.Ordinal))), progress);
        }
    }

    private static Task<ILookup<string, Sandbox.Novu.Mail>> ReadMailsAsync(CellRun run) =>
        run.Environment.Observer.ReadMailsAsync(run.Tenant.Email);
}
