using Sandbox.Pages;
using Sandbox.Storage;

namespace Sandbox.Novu;

/// <summary>HTML pages with the objects that the quick start refers to, and with the mails.</summary>
internal static class NovuPages
{
    public static void MapNovuPages(this WebApplication app, NovuStore store)
    {
        app.MapGet("/", (HttpResponse response) => Page.WriteAsync(response, "Novu sandbox", Overview(store)));
        app.MapGet("/mails/{number:long}", (long number, HttpResponse response) => store.Mail(number) is { } mail
            ? Page.WriteAsync(response, mail.Subject, Message(mail))
            : Page.WriteAsync(response, "No such mail", Html.Of($"""<p><a href="/">All mails</a></p>"""), 404));
    }

    private static Html Overview(NovuStore store) => Html.Of($"""
        <h2>Mails that were “sent”</h2>
        {Mails(store)}
        <h2>Triggers</h2>
        {Triggers(store)}
        <h2>Subscribers</h2>
        {Subscribers(store)}
        <h2>Workflows</h2>
        {Workflows(store)}
        """);

    private static Html Mails(NovuStore store) => Page.Table(
        "Mails, newest first",
        ["Subject", "Recipient", "Workflow", "Subscriber", "Time"],
        Newest(store.Mails(), mail =>
        [
            Html.Of($"<a href=\"/mails/{mail.Number}\">{(mail.Subject is "" ? "(no subject)" : mail.Subject)}</a>"),
            Page.Text(mail.Recipient),
            Page.Text(mail.WorkflowId),
            Page.Text(mail.SubscriberId),
            Page.Text(Timestamp.Of(mail.Time)),
        ]));

    private static Html Triggers(NovuStore store) => Page.Table(
        "Triggers, newest first",
        ["Workflow", "Subscribers", "Transaction", "Status", "Outcome", "Time"],
        Newest(store.Triggers(), trigger =>
        [
            Page.Text(trigger.WorkflowId),
            Page.Text(string.Join(", ", trigger.To)),
            Page.Text(trigger.TransactionId ?? "none"),
            Page.Text(trigger.Status),
            Page.Text(trigger.Outcome),
            Page.Text(Timestamp.Of(trigger.Time)),
        ]));

    private static Html Subscribers(NovuStore store) => Page.Table(
        "Subscribers, newest first",
        ["Subscriber", "E-mail", "First name", "Last name", "Created"],
        Newest(store.Subscribers(), subscriber =>
        [
            Page.Text(subscriber.SubscriberId),
            Page.Text(subscriber.Email),
            Page.Text(subscriber.FirstName),
            Page.Text(subscriber.LastName),
            Page.Text(Timestamp.Of(subscriber.CreatedAt)),
        ]));

    private static Html Workflows(NovuStore store) => Page.Table(
        "Workflows, newest first",
        ["Workflow", "Name", "Status", "Steps"],
        Newest(store.Workflows(), workflow =>
        [
            Page.Text(workflow.WorkflowId),
            Page.Text(workflow.Name),
            Page.Text(workflow.Active ? "ACTIVE" : "INACTIVE"),
            Page.Text(string.Join(", ", workflow.Steps.Select(step => step.Type))),
        ]));

    // The body is markup from the workflow's author; the page's policy keeps it from running scripts.
    private static Html Message(Mail mail) => Html.Of($"""
        <p><a href="/">All mails</a></p>
        <dl>
        <dt>To</dt><dd>{mail.Recipient}</dd>
        <dt>Time</dt><dd>{Timestamp.Of(mail.Time)}</dd>
        <dt>Workflow</dt><dd>{mail.WorkflowId}</dd>
        <dt>Transaction</dt><dd>{mail.TransactionId}</dd>
        </dl>
        <h2>Message</h2>
        <article>{new Html(mail.Body)}</article>
        """);

    private static IEnumerable<IReadOnlyList<Html>> Newest<T>(List<T> entries, Func<T, IReadOnlyList<Html>> cells) =>
        entries.AsEnumerable().Reverse().Select(cells);
}
