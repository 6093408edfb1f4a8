using System.Text.Json;
using Sandbox.Storage;

namespace Sandbox.Novu;

internal sealed class NovuStore : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS subscribers (id TEXT PRIMARY KEY, document TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS workflows (id TEXT PRIMARY KEY, document TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS triggers (number INTEGER PRIMARY KEY, document TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS transactions (id TEXT PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS mails (number INTEGER PRIMARY KEY, document TEXT NOT NULL);
        """;

    private readonly Database database;

    public NovuStore(string? file, TimeProvider time)
    {
        Time = time;
        database = Database.Open(file, Schema);
    }

    public TimeProvider Time { get; }

    public T Transaction<T>(Func<T> work) => database.Transaction(work);

    public Subscriber? Subscriber(string id) => One<Subscriber>("SELECT document FROM subscribers WHERE id = ?1", id);

    public List<Subscriber> Subscribers() => All<Subscriber>("SELECT document FROM subscribers ORDER BY rowid");

    public void Put(Subscriber subscriber) => Upsert("subscribers", subscriber.SubscriberId, subscriber);

    public bool DeleteSubscriber(string id) => database.Execute("DELETE FROM subscribers WHERE id = ?1", id) > 0;

    /// <summary>Returns a workflow by the identifier that triggers use, or by its database id.</summary>
    public Workflow? Workflow(string id) => One<Workflow>(
        "SELECT document FROM workflows WHERE id = ?1 OR document ->> '$.Id' = ?1", id);

    public List<Workflow> Workflows() => All<Workflow>("SELECT document FROM workflows ORDER BY rowid");

    public void Put(Workflow workflow) => Upsert("workflows", workflow.WorkflowId, workflow);

    public void DeleteWorkflow(string workflowId) =>
        database.Execute("DELETE FROM workflows WHERE id = ?1", workflowId);

    /// <summary>Adds a transaction; returns false if it exists, in which case its event is dropped.</summary>
    public bool TryAddTransaction(string id) =>
        database.Execute("INSERT OR IGNORE INTO transactions VALUES (?1)", id) > 0;

    public void Add(Trigger trigger) =>
        database.Execute("INSERT INTO triggers (document) VALUES (?1)", JsonSerializer.Serialize(trigger));

    public List<Trigger> Triggers() => All<Trigger>("SELECT document FROM triggers ORDER BY number");

    public void Add(Mail mail) => database.Execute(
        "INSERT INTO mails VALUES (?1, ?2)", mail.Number, JsonSerializer.Serialize(mail));

    public long NextMailNumber() => database.Count("SELECT COALESCE(MAX(number), 0) + 1 FROM mails");

    public List<Mail> Mails() => All<Mail>("SELECT document FROM mails ORDER BY number");

    public Mail? Mail(long number) => One<Mail>("SELECT document FROM mails WHERE number = ?1", number);

    public void Dispose() => database.Dispose();

    private void Upsert(string table, string id, object document) => database.Execute(
        $"INSERT INTO {table} VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET document = excluded.document",
        id,
        JsonSerializer.Serialize(document));

    private T? One<T>(string sql, object id)
        where T : class => database.Query(
            sql, row => JsonSerializer.Deserialize<T>(row.GetString(0)), id).FirstOrDefault();

    private List<T> All<T>(string sql) => database.Query(sql, row => JsonSerializer.Deserialize<T>(row.GetString(0))!);
}
