using System.Reflection;
using FunctionsHost.Rpc.Messages;
using Google.Protobuf.Reflection;

namespace FunctionsHost.Tests;

/// <summary>The messages of this stand-in are those of Microsoft.Azure.Functions.Worker.Grpc.</summary>
public sealed class ProtocolTests
{
    private static readonly Dictionary<string, MessageDescriptor> WorkersMessages =
        Files(WorkersFile()).SelectMany(file => file.MessageTypes).ToDictionary(message => message.Name);

    private static FileDescriptor Ours => FunctionRpcReflection.Descriptor;

    public static TheoryData<string> Messages => [.. Ours.MessageTypes.Select(message => message.Name)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_has_the_fields_of_the_workers_descriptor(string name)
    {
        var theirs = WorkersMessages[name];
        var ours = Ours.MessageTypes.Single(message => message.Name == name);

        Assert.All(ours.Fields.InDeclarationOrder(), field =>
            Assert.Equal(Shape(theirs.FindFieldByName(field.Name)), Shape(field)));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void An_enumeration_has_the_values_of_the_workers_descriptor(string name)
    {
        var theirs = WorkersMessages[name];
        var ours = Ours.MessageTypes.Single(message => message.Name == name);

        Assert.All(ours.EnumTypes, type => Assert.Equal(
            Values(theirs.EnumTypes.Single(other => other.Name == type.Name)), Values(type)));
    }

    [Fact]
    public void The_service_is_the_workers_service()
    {
        var theirs = WorkersFile().Services.Single();

        Assert.Equal(theirs.FullName, Ours.Services.Single().FullName);
        Assert.Equal(theirs.Methods.Single().Name, Ours.Services.Single().Methods.Single().Name);
    }

    private static string Shape(FieldDescriptor? field) => field is null
        ? "no such field"
        : $"{field.FieldNumber} {field.FieldType} repeated={field.IsRepeated} map={field.IsMap} " +
            $"oneof={field.ContainingOneof?.Name} type={TypeName(field)}";

    // The package of a message type is not on the wire.
    private static string? TypeName(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => field.MessageType.Name,
        FieldType.Enum => field.EnumType.Name,
        _ => null,
    };

    private static IEnumerable<string> Values(EnumDescriptor type) =>
        type.Values.Select(value => $"{value.Name}={value.Number}").Order();

    private static IEnumerable<FileDescriptor> Files(FileDescriptor file) => [file, .. file.Dependencies];

    // The generated types are internal to the worker's assembly.
    private static FileDescriptor WorkersFile() => (FileDescriptor)Assembly
        .Load("Microsoft.Azure.Functions.Worker.Grpc")
        .GetType("Microsoft.Azure.Functions.Worker.Grpc.Messages.FunctionRpcReflection", throwOnError: true)!
        .GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)!
        .GetValue(null)!;
}
