using System.Net;
using Microsoft.Extensions.Logging;
using Worker.Telemetry;

namespace Worker.Systems.Novu;

/// <summary>Sends mails: creates or updates the subscriber, then triggers the workflow.</summary>
public sealed partial class NovuMail(INovuApi api, ILogger<NovuMail> logger)
{
    public const string System = "Novu";

    /// <param name="template">The id of the Novu workflow.</param>
    /// <param name="recipient">The subscriber that receives the mail.</param>
    /// <param name="payload">The template's variables. They may contain a one-time link and are never logged.</param>
    /// <param name="transactionId">The same for each try of a mail.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <exception cref="OutsideSystemException">Novu refuses the trigger, or accepts it without effect.</exception>
    public async Task SendAsync(
        string template,
        NovuSubscriber recipient,
        IReadOnlyDictionary<string, string> payload,
        string transactionId,
        CancellationToken cancellationToken)
    {
        await api.SaveSubscriberAsync(recipient, cancellationToken);
        var trigger = new NovuTrigger(template, new NovuRecipient(recipient.SubscriberId), payload, transactionId);
        var answer = (await api.TriggerAsync(trigger, cancellationToken)).Data;
        if (answer.Status != "processed")
        {
            // Novu answers 201 for an inactive workflow, or one without steps, although it sends no mail.
            throw new OutsideSystemException(
                System,
                HttpStatusCode.Created,
                NovuErrors.Table.Classify(HttpStatusCode.Created, null),
                "POST /v1/events/trigger",
                $"the status {answer.Status ?? "was absent"}");
        }

        LogTriggered(template, recipient.SubscriberId, transactionId);
    }

    /// <summary>Erases a subscriber with all its data. An absent subscriber is not an error.</summary>
    public async Task EraseAsync(string subscriberId, CancellationToken cancellationToken)
    {
        try
        {
            await api.DeleteSubscriberAsync(subscriberId, cancellationToken);
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // No mail was ever sent to it, or it was erased before.
        }
    }

    /// <summary><c>lead-{id}</c>.</summary>
    public static string SubscriberId(Guid leadId) => $"lead-{leadId:D}";

    /// <summary><c>tenant-{id}-{address}</c>, where each character outside A–Z a–z 0–9 becomes <c>_</c>.</summary>
    public static string SubscriberId(Guid tenantId, string email) =>
        $"tenant-{tenantId:D}-{string.Concat(email.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'))}";

    // The subscriber id encodes the address, so only the part before it is logged.
    [LoggerMessage(EventId = 400, Level = LogLevel.Information,
        Message = "Triggered Novu workflow {Template} for {Subscriber}, transaction {TransactionId}")]
    private partial void LogTriggeredMasked(string template, string subscriber, string transactionId);

    private void LogTriggered(string template, string subscriberId, string transactionId)
    {
        string masked = Masked.SubscriberId(subscriberId);
        LogTriggeredMasked(template, masked, transactionId);
    }
}
