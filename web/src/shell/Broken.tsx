// A fault of the page itself: says so and offers to draw it anew, instead of a white screen.
import { Alert, Button, Code, Text } from "@mantine/core";
import { Component, type ReactNode } from "react";

export class Broken extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <Alert color="red" title="This part of the page has a fault" role="alert">
        <Text size="sm">Nothing on the hub is affected. If it comes again, tell its makers this:</Text>
        <Code block my="sm">
          {String(error.stack ?? error)}
        </Code>
        <Button size="xs" variant="default" onClick={() => this.setState({ error: null })}>
          Draw it anew
        </Button>{" "}
        <Button size="xs" variant="default" onClick={() => location.reload()}>
          Load the page anew
        </Button>
      </Alert>
    );
  }
}
