using System.Net;
using Microsoft.Extensions.Logging;
using Worker.Telemetry;

namespace Worker.Systems.Novu;

/// <summary>Sends one mail: the subscriber is made sure of, then the workflow is triggered.</summary>
public sealed partial class NovuMail(INovuApi api, ILogger<NovuMail> logger)
{
    public const string System = "Novu";

    /// <param name="template">Novu's id of the workflow.</param>
    /// <param name="recipient">Who gets it.</param>
    /// <param name="payload">The template's variables; they may hold a one-time link and are logged nowhere.</param>
    /// <param name="transactionId">The same for the same mail, however often it is tried.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OutsideSystemException">Refused, or accepted without being processed.</exception>
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
            // An inactive workflow, or one without steps, is 201 as well, and nobody gets a mail.
            throw new OutsideSystemException(
                System,
                HttpStatusCode.Created,
                "POST /v1/events/trigger",
                $"the status {answer.Status ?? "was absent"}");
        }

        LogTriggered(template, recipient.SubscriberId, transactionId);
    }

    /// <summary>Erases what Novu keeps of somebody; who is not there is fine.</summary>
    public async Task EraseAsync(string subscriberId, CancellationToken cancellationToken)
    {
        try
        {
            await api.DeleteSubscriberAsync(subscriberId, cancellationToken);
        }
        catch (OutsideSystemException e) when (e.Status == HttpStatusCode.NotFound)
        {
            // Never got a mail, or was erased before.
        }
    }

    /// <summary><c>lead-{id}</c>.</summary>
    public static string SubscriberId(Guid leadId) => $"lead-{leadId:D}";

    /// <summary><c>tenant-{id}-{address}</c>, where each character outside A–Z a–z 0–9 becomes <c>_</c>.</summary>
    public static string SubscriberId(Guid tenantId, string email) =>
        $"tenant-{tenantId:D}-{string.Concat(email.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'))}";

    // The subscriber's id holds the address in another spelling: only the part before it is logged.
    [LoggerMessage(EventId = 400, Level = LogLevel.Information,
        Message = "Triggered Novu workflow {Template} for {Subscriber}, transaction {TransactionId}")]
    private partial void LogTriggeredMasked(string template, string subscriber, string transactionId);

    private void LogTriggered(string template, string subscriberId, string transactionId)
    {
        string masked = Masked.SubscriberId(subscriberId);
        LogTriggeredMasked(template, masked, transactionId);
    }
}
