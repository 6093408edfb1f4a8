using Torture.Environments;
using static Torture.Cells.Expectation;

namespace Torture.Cells;

/// <summary>Checks the number of mails to a cell's customer, and the content of the failure mail.</summary>
internal static class MailCheck
{
    private const string Welcome = "tenant-welcome", Failure = "tenant-provisioning-failed";

    /// <summary>Parts of answers, exceptions, paths and traces; a text for customers contains none.</summary>
    private static readonly string[] InternalTerms = ["answered", "Exception", "/", "\n"];

    private const string Fields = "advice, brandLogoUrl, brandName, error, failedStep, firstName, reason, "
        + "supportEmail, tenantId, tenantName";

    /// <summary>The number of failure mails after a rollback: none if Novu was switched off, also not later.</summary>
    public static int ExpectedFailureMails(CellRun run) => run.Cell.SwitchedOffSystem == "novu" ? 0 : 1;

    /// <summary>Checks the counts, and stores them for the check after the last cell.</summary>
    public static async Task ExpectCountsAsync(CellRun run, int welcome, int failures)
    {
        // The failure mail has its own workflow, which may end later.
        var limit = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(20);
        while ((await ReadMailsAsync(run))[Failure].Count() < failures && TimeProvider.System.GetUtcNow() < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, run.CancellationToken);
        }

        run.Mails = (welcome, failures);
        await RecheckCountsAsync(run);
    }

    /// <summary>Checks that the counts are still the stored ones.</summary>
    public static async Task RecheckCountsAsync(CellRun run)
    {
        var mails = await ReadMailsAsync(run);
        Expect("welcome mails", run.Mails.Welcome, mails[Welcome].Count(), null);
        Expect("failure mails", run.Mails.Failures, mails[Failure].Count(), null);
    }

    /// <summary>Checks that the failure mail gives the failed step, an error code and a sentence.</summary>
    public static async Task CheckContentAsync(CellRun run, Progress progress)
    {
        foreach (var mail in (await ReadMailsAsync(run))[Failure])
        {
            string Of(string field) => $"{mail.Payload[field]}";
            Expect("fields of the failure mail", Fields, Listed(mail.Payload.Select(field => field.Key)), progress);
            Expect("tenantId of the failure mail", run.Tenant.Id, Of("tenantId"), progress);
            Expect("failedStep of the failure mail", progress.FailedStep, Of("failedStep"), progress);
            Expect("code in the failure mail", progress.ErrorCode, Of("error").Split(": ")[0], progress);
            // The operator's text names systems, paths and objects; the customer's sentence must not.
            Expect("internal terms in the failure mail", "",
                Listed(InternalTerms.Append(run.Tenant.Key).Where(word =>
                    (Of("error") + Of("reason") + Of("advice")).Contains(word, StringComparison.Ordinal))), progress);
        }
    }

    private static Task<ILookup<string, Sandbox.Novu.Mail>> ReadMailsAsync(CellRun run) =>
        run.Environment.Observer.ReadMailsAsync(run.Tenant.Email);
}
