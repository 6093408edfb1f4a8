namespace Worker.Tests.Support;

/// <summary>A call that creates an object and may take effect after its caller gave up.</summary>
public enum CreationCall
{
    Realm = 1,
    User,
    Schema,
    Bucket,
    Tags,
}
